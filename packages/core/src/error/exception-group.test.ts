import { describe, expect, it } from 'vitest';
import { ValueError } from './errors.ts';
import { ExceptionGroup } from './exception-group.ts';

describe('ExceptionGroup', () => {
  const range = new RangeError('range');
  const type = new TypeError('type');
  const value = new ValueError('value');
  const inner = new ExceptionGroup('inner', [type, value]);
  const group = new ExceptionGroup('outer', [range, inner]);

  /** Messages, groups inside in brackets. */
  const show = (part: unknown): unknown =>
    part instanceof ExceptionGroup ? [part.message, ...part.errors.map(show)] : messageOf(part);

  it('is an AggregateError with a message and errors', () => {
    expect(group).toBeInstanceOf(AggregateError);
    expect(group.name).toBe('ExceptionGroup');
    expect(group.message).toBe('outer');
    expect(group.errors).toEqual([range, inner]);
    expect(new ExceptionGroup('any', new Set([1])).errors).toEqual([1]);
  });

  it('refuses to hold nothing', () => {
    expect(() => new ExceptionGroup('empty', [])).toThrow(ValueError);
  });

  it.each([
    ['a class', TypeError],
    ['several classes', [TypeError]],
    ['a function', (error: unknown) => error === type],
  ])('HL-033 splits by %s, and keeps groups inside where they were', (_what, condition) => {
    const [matching, rest] = group.split(condition);
    expect(show(matching)).toEqual(['outer', ['inner', 'type']]);
    expect(show(rest)).toEqual(['outer', 'range', ['inner', 'value']]);
    expect(show(group.subgroup(condition))).toEqual(show(matching));
  });

  it('gives null for an empty part', () => {
    const [none, all] = group.split(SyntaxError);
    expect(none).toBeNull();
    expect(show(all)).toEqual(show(group));
    const [every, nothing] = group.split([RangeError, TypeError, ValueError]);
    expect(show(every)).toEqual(show(group));
    expect(nothing).toBeNull();
    expect(group.subgroup(SyntaxError)).toBeNull();
  });

  it('asks a group as a whole first', () => {
    expect(group.split(Error)).toEqual([group, null]);
    expect(group.subgroup(ExceptionGroup)).toBe(group);
    const [matching, rest] = group.split((error) => error === inner);
    expect(matching?.errors).toEqual([inner]);
    expect(rest?.errors).toEqual([range]);
  });

  it('hands its cause and stack on to the parts', () => {
    const cause = new Error('cause');
    const caused = new ExceptionGroup('caused', [range, type], { cause });
    const [matching] = caused.split(TypeError);
    expect(matching?.cause).toBe(cause);
    expect(matching?.stack).toBe(caused.stack);
  });

  it('makes parts by derive(), which a subclass can replace', () => {
    class Numbered extends ExceptionGroup {
      readonly code: number;

      constructor(message: string, errors: readonly unknown[], code: number) {
        super(message, errors);
        this.code = code;
      }

      override derive(errors: readonly unknown[]): Numbered {
        return new Numbered(this.message, errors, this.code);
      }
    }
    const part = new Numbered('numbered', [range, type], 7).subgroup(TypeError);
    expect(part).toBeInstanceOf(Numbered);
    expect((part as Numbered).code).toBe(7);
  });

  it('refuses what is no condition', () => {
    expect(() => group.split('TypeError' as never)).toThrow(
      /condition to be an error class.*got "TypeError"/,
    );
    expect(() => group.subgroup([5] as never)).toThrow(TypeError);
  });
});

function messageOf(error: unknown): string {
  return (error as Error).message;
}
