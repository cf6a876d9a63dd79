import { inspect } from 'node:util';

const LONGEST = 80;

/** `value` as an error message shows it: quoted, and short. */
export function describe(value: unknown): string {
  const text =
    typeof value === 'string'
      ? JSON.stringify(value)
      : inspect(value, { depth: 0, breakLength: Infinity, maxArrayLength: 4 });
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST - 3)}...`;
}
