import { describe, expectTypeOf, it } from 'vitest';
import { Context, ContextVar, copyContext, type Token } from '../index.ts';

const variable = new ContextVar<number>('variable');

describe('ContextVar', () => {
  it('has the type of its values, or infers it from the default', () => {
    expectTypeOf(variable.get()).toEqualTypeOf<number>();
    expectTypeOf(variable.get(null)).toEqualTypeOf<number | null>();
    expectTypeOf(variable.get('text')).toEqualTypeOf<string | number>();
    expectTypeOf(new ContextVar('variable', { default: 'text' }).get()).toEqualTypeOf<string>();
    expectTypeOf(variable.name).toEqualTypeOf<string>();
    // @ts-expect-error -- another type
    variable.set('text');
    // @ts-expect-error -- read-only
    variable.name = 'other';
    // @ts-expect-error -- no name
    new ContextVar();
    // @ts-expect-error -- a name that is no text
    new ContextVar(5);
    // @ts-expect-error -- an option that there is not
    new ContextVar<number>('variable', { fallback: 5 });
  });

  it('gives tokens of that type, which reset it', () => {
    const token = variable.set(5);
    expectTypeOf(token).toEqualTypeOf<Token<number>>();
    expectTypeOf(token).toExtend<Disposable>();
    expectTypeOf(token.var).toEqualTypeOf<ContextVar<number>>();
    expectTypeOf(token.oldValue).toEqualTypeOf<number | typeof Token.MISSING>();
    expectTypeOf(variable.reset(token)).toEqualTypeOf<void>();
    // @ts-expect-error -- the token of a variable of another type
    variable.reset(new ContextVar<string>('other').set('text'));
  });
});

describe('Context', () => {
  it('runs functions with their arguments and result', () => {
    const context = copyContext();
    expectTypeOf(context).toEqualTypeOf<Context>();
    expectTypeOf(context.run((a: number, b: string) => `${a}${b}`, 1, 'b')).toEqualTypeOf<string>();
    expectTypeOf(context.run(async () => 5)).toEqualTypeOf<Promise<number>>();
    // @ts-expect-error -- an argument of another type
    context.run((a: number) => a, 'text');
    // @ts-expect-error -- no arguments
    new Context(1);
  });

  it('is a mapping from variables to their values', () => {
    const context = new Context();
    expectTypeOf(context.get(variable)).toEqualTypeOf<number | undefined>();
    expectTypeOf(context.get(variable, 'fallback')).toEqualTypeOf<string | number>();
    expectTypeOf(context.lookup(variable)).toEqualTypeOf<number>();
    expectTypeOf(context.has(variable)).toEqualTypeOf<boolean>();
    expectTypeOf([...context]).toEqualTypeOf<ContextVar<unknown>[]>();
    expectTypeOf([...context.entries()]).toEqualTypeOf<[ContextVar<unknown>, unknown][]>();
    // @ts-expect-error -- no variable
    context.get('variable');
    // @ts-expect-error -- read-only
    context.size = 5;
  });
});
