/** Writes one line of a trace: the values in Python's text form, separated by spaces. */
export type Print = (...values: readonly unknown[]) => void;

/** A {@link Print} that collects its lines in `trace`. */
export function printTo(trace: string[]): Print {
  return (...values) => {
    trace.push(values.map(str).join(' '));
  };
}

/** The text that Python's `str()` gives for the values that traces are made of. */
export function str(value: unknown): string {
  return typeof value === 'string' ? value : repr(value);
}

/** The text that Python's `repr()` gives for the values that traces are made of. */
export function repr(value: unknown): string {
  if (value === null || value === undefined) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'string') return quote(value);
  if (Array.isArray(value)) return `[${value.map(repr).join(', ')}]`;
  if (value instanceof Error) return reprError(value);
  return (value as { toString(): string }).toString();
}

function quote(text: string): string {
  return text.includes("'") && !text.includes('"') ? `"${text}"` : `'${text}'`;
}

/** As `ValueError('x')`; an error without arguments is `TimeoutError()`. */
function reprError(error: Error & { args?: readonly unknown[] }): string {
  const args = error.args ?? (error.message === '' ? [] : [withoutAdvice(error.message)]);
  return `${error.name}(${args.map(repr).join(', ')})`;
}

// Messages that go on behind the reference's text, with what to do.
const WITH_ADVICE = ['no running event loop'];

function withoutAdvice(message: string): string {
  return WITH_ADVICE.find((text) => message.startsWith(`${text}: `)) ?? message;
}

/** The name of an error's class. */
export function className(error: unknown): string {
  return error instanceof Error ? error.name : typeof error;
}
