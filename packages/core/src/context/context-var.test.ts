import { describe, expect, it } from 'vitest';
import { KeyError, LookupError, RuntimeError, ValueError } from '../error/errors.ts';
import { Context, copyContext } from './context.ts';
import { ContextVar, Token } from './context-var.ts';

/** Runs `body` in an empty context. */
const inContext = <T>(body: () => T): T => new Context().run(body);

describe('ContextVar', () => {
  it('CTX-001 has a name that cannot be changed', () => {
    const variable = new ContextVar('variable');
    expect(variable.name).toBe('variable');
    expect(() => Object.assign(variable, { name: 'other' })).toThrow(TypeError);
    expect(variable.name).toBe('variable');
  });

  it.each([
    [1, '1'],
    [null, 'null'],
    [undefined, 'undefined'],
    [['a'], '["a"]'],
  ])('CTX-001 refuses %j as a name', (name, text) => {
    expect(() => new ContextVar(name as never)).toThrow(
      new TypeError(`context variable name must be a str, got ${text}`),
    );
  });

  it('refuses options that it does not know', () => {
    expect(() => new ContextVar('variable', 5 as never)).toThrow(
      new TypeError('Expected the options of ContextVar() to be an object, got 5'),
    );
    expect(() => new ContextVar('variable', { defualt: 1 } as never)).toThrow(
      new TypeError('ContextVar() has no option "defualt"; it takes default'),
    );
  });

  it('CTX-002 gives its value, else the argument, else the default, else throws', () => {
    inContext(() => {
      const bare = new ContextVar<string>('bare');
      const defaulted = new ContextVar('defaulted', { default: 'default' });
      expect(() => bare.get()).toThrow(new LookupError('<ContextVar name="bare">'));
      expect(bare.get('argument')).toBe('argument');
      expect(bare.get(null)).toBeNull();
      expect(defaulted.get()).toBe('default');
      expect(defaulted.get('argument')).toBe('argument');
      bare.set('value');
      defaulted.set('value');
      expect([bare.get(), bare.get('argument')]).toEqual(['value', 'value']);
      expect([defaulted.get(), defaulted.get('argument')]).toEqual(['value', 'value']);
    });
  });

  it.each([undefined, null, 0, '', NaN])('CTX-002 takes %j as a value like any other', (value) => {
    inContext(() => {
      const variable = new ContextVar<unknown>('variable', { default: 'default' });
      variable.set(value);
      expect(variable.get('argument')).toBe(value);
      expect(copyContext().has(variable)).toBe(true);
    });
  });

  it('CTX-003 set() gives a token that knows the variable and what was there before', () => {
    inContext(() => {
      const variable = new ContextVar<string>('variable', { default: 'default' });
      const first = variable.set('first');
      const second = variable.set('second');
      expect(first).toBeInstanceOf(Token);
      expect([first.var, second.var].every((each) => each === variable)).toBe(true);
      expect(first.oldValue).toBe(Token.MISSING);
      expect(second.oldValue).toBe('first');
      expect(new Context().run(() => variable.set('elsewhere')).oldValue).toBe(Token.MISSING);
    });
  });

  it('CTX-004 reset() restores what was there, which may be nothing', () => {
    inContext(() => {
      const variable = new ContextVar<string>('variable');
      const first = variable.set('first');
      const second = variable.set('second');
      variable.reset(second);
      expect(variable.get()).toBe('first');
      variable.reset(first);
      expect(() => variable.get()).toThrow(LookupError);
      expect(copyContext().size).toBe(0);
    });
  });

  it('CTX-004 reset() takes tokens out of order', () => {
    inContext(() => {
      const variable = new ContextVar<number>('variable');
      const first = variable.set(1);
      const second = variable.set(2);
      variable.reset(first);
      expect(variable.get(0)).toBe(0);
      variable.reset(second);
      expect(variable.get()).toBe(1);
    });
  });

  it('CTX-004 reset() refuses a token that was used, of another variable or context', () => {
    inContext(() => {
      const variable = new ContextVar<number>('variable');
      const other = new ContextVar<number>('other');
      const used = variable.set(1);
      variable.reset(used);
      const reused = () => variable.reset(used);
      expect(reused).toThrow(RuntimeError);
      expect(reused).toThrow(
        '<Token used var=<ContextVar name="variable">> has already been used once',
      );

      const foreign = () => variable.reset(other.set(1));
      expect(foreign).toThrow(ValueError);
      expect(foreign).toThrow(
        '<Token var=<ContextVar name="other">> was created by a different ContextVar',
      );

      const token = variable.set(2);
      const elsewhere = () => inContext(() => variable.reset(token));
      expect(elsewhere).toThrow(ValueError);
      expect(elsewhere).toThrow('was created in a different Context');
      expect(() => copyContext().run(() => variable.reset(token))).toThrow(ValueError);
      variable.reset(token);
      expect(variable.get(0)).toBe(0);
    });
  });

  it('reset() refuses what is no token', () => {
    const variable = new ContextVar<number>('variable');
    expect(() => variable.reset({} as never)).toThrow(
      new TypeError('Expected token to be a Token, got [object Object]'),
    );
  });

  it('tells its name and default', () => {
    expect(new ContextVar('a').toString()).toBe('<ContextVar name="a">');
    expect(new ContextVar('a', { default: 'b' }).toString()).toBe(
      '<ContextVar name="a" default="b">',
    );
  });
});

describe('copyContext', () => {
  it('CTX-006 gives a snapshot: later sets on either side stay there', () => {
    inContext(() => {
      const variable = new ContextVar<string>('variable');
      const other = new ContextVar<string>('other');
      variable.set('before');
      const copy = copyContext();
      variable.set('after');
      expect(copy.lookup(variable)).toBe('before');
      copy.run(() => {
        variable.set('in the copy');
        other.set('in the copy');
      });
      expect([variable.get(), other.get('unset')]).toEqual(['after', 'unset']);
      const second = copy.copy();
      copy.run(() => variable.set('again'));
      expect(second.lookup(variable)).toBe('in the copy');
    });
  });

  it('CTX-006 shares the values themselves', () => {
    inContext(() => {
      const variable = new ContextVar<string[]>('variable');
      const value = ['value'];
      variable.set(value);
      expect(copyContext().lookup(variable)).toBe(value);
    });
  });
});

describe('Context', () => {
  it('CTX-007 is empty, and takes no arguments', () => {
    expect(new Context().size).toBe(0);
    expect(() => new Context(...([1] as never[]))).toThrow(
      new TypeError('Context() takes no arguments'),
    );
    const variable = new ContextVar<number>('variable');
    inContext(() => {
      variable.set(1);
      expect(() => inContext(() => variable.get())).toThrow(LookupError);
    });
  });

  it('CTX-008 run() passes arguments, and gives what the function returns', () => {
    const context = new Context();
    expect(context.run((a: number, b: number) => a + b, 1, 2)).toBe(3);
  });

  it('CTX-008 run() keeps what the function sets, unseen outside', () => {
    const variable = new ContextVar('variable', { default: 'outside' });
    const context = new Context();
    context.run(() => variable.set('inside'));
    expect([variable.get(), context.lookup(variable)]).toEqual(['outside', 'inside']);
    expect(context.run(() => variable.get())).toBe('inside');
  });

  it('CTX-008 run() lets an exception through, and keeps what was set before it', () => {
    const variable = new ContextVar('variable', { default: 'outside' });
    const context = new Context();
    const failure = new Error('failed');
    const fail = (): void => {
      variable.set('inside');
      throw failure;
    };
    expect(() => context.run(fail)).toThrow(failure);
    expect([variable.get(), context.lookup(variable)]).toEqual(['outside', 'inside']);
    expect(context.run(() => 'can be entered again')).toBe('can be entered again');
  });

  it('CTX-008 an async function keeps the context across its awaits', async () => {
    const variable = new ContextVar('variable', { default: 'outside' });
    const context = new Context();
    const seen = context.run(async () => {
      variable.set('inside');
      await new Promise((resolve) => void setImmediate(resolve));
      return variable.get();
    });
    expect(variable.get()).toBe('outside');
    expect(await seen).toBe('inside');
    expect(variable.get()).toBe('outside');
  });

  it('CTX-009 cannot be entered while it is; others nest freely', () => {
    const context = new Context();
    const other = new Context();
    const refused = new RuntimeError('cannot enter context: <Context size=0> is already entered');
    context.run(() => {
      expect(() => context.run(() => {})).toThrow(refused);
      other.run(() => {
        expect(() => context.run(() => {})).toThrow(refused);
        expect(() => other.run(() => {})).toThrow(refused);
        inContext(() => {});
      });
      expect(other.run(() => 'left again')).toBe('left again');
      expect(() => context.run(() => {})).toThrow(refused);
    });
    expect(context.run(() => 'left again')).toBe('left again');
  });

  it('CTX-010 is a read-only mapping from variable to value', () => {
    const first = new ContextVar<number>('first');
    const second = new ContextVar<string>('second', { default: 'default' });
    const unset = new ContextVar<string>('unset', { default: 'no entry' });
    const context = new Context();
    context.run(() => {
      first.set(1);
      second.set('two');
    });
    expect([context.lookup(first), context.lookup(second)]).toEqual([1, 'two']);
    expect(() => context.lookup(unset)).toThrow(KeyError);
    expect([context.get(first), context.get(unset), context.get(unset, 'fallback')]).toEqual([
      1,
      undefined,
      'fallback',
    ]);
    expect([context.has(first), context.has(unset), context.size]).toEqual([true, false, 2]);
    expect([...context].map(({ name }) => name)).toEqual(['first', 'second']);
    expect([...context.keys()].map(({ name }) => name)).toEqual(['first', 'second']);
    expect([...context.values()]).toEqual([1, 'two']);
    expect([...context.entries()].map(([{ name }, value]) => [name, value])).toEqual([
      ['first', 1],
      ['second', 'two'],
    ]);
    expect([
      ...new Context().keys(),
      ...new Context().values(),
      ...new Context().entries(),
    ]).toEqual([]);
  });

  it.each([
    ['first', '"first"'],
    [null, 'null'],
    [{ name: 'first' }, '[object Object]'],
  ])('CTX-010 refuses %j as a key', (key, text) => {
    const context = new Context();
    const refused = new TypeError(`a ContextVar key was expected, got ${text}`);
    expect(() => context.get(key as never)).toThrow(refused);
    expect(() => context.has(key as never)).toThrow(refused);
    expect(() => context.lookup(key as never)).toThrow(refused);
  });

  it('refuses to run what is no function', () => {
    expect(() => new Context().run(5 as never)).toThrow(
      new TypeError('Expected fn to be a function, got 5'),
    );
  });
});
