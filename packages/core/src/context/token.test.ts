import { describe, expect, it } from 'vitest';
import { RuntimeError } from '../error/errors.ts';
import { Context } from './context.ts';
import { ContextVar, Token } from './context-var.ts';

describe('Token', () => {
  it('CTX-005 resets its variable at the end of a block', () => {
    new Context().run(() => {
      const variable = new ContextVar<string>('variable', { default: 'default' });
      {
        using token = variable.set('inside');
        expect(token.oldValue).toBe(Token.MISSING);
        expect(variable.get()).toBe('inside');
        {
          using _ = variable.set('deeper');
          expect(variable.get()).toBe('deeper');
        }
        expect(variable.get()).toBe('inside');
      }
      expect(variable.get()).toBe('default');
    });
  });

  it.each([[], [undefined], [5, 5, 5], [{}, {}, 'old']])(
    'CTX-003 is made by set() alone: new Token(%j) is refused',
    (...parts: unknown[]) => {
      const make = Token as unknown as new (...given: unknown[]) => unknown;
      expect(() => new make(...parts)).toThrow(
        new RuntimeError('Tokens can only be created by ContextVars: call variable.set()'),
      );
    },
  );

  it('CTX-005 can be used once, by the block or by reset()', () => {
    new Context().run(() => {
      const variable = new ContextVar<number>('variable');
      const token = variable.set(1);
      variable.reset(token);
      expect(() => token[Symbol.dispose]()).toThrow(RuntimeError);
      expect(() => token[Symbol.dispose]()).toThrow('has already been used once');
    });
  });
});
