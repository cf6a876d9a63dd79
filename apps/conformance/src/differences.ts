import { readFileSync } from 'node:fs';
import type { Variant } from './cases.ts';

/** One line of a trace that a port may print differently, and why. */
export interface Difference {
  readonly caseName: string;
  /** The program: how its coroutines are written, and for one with I/O, which runs on both, the backend. */
  readonly variant: Variant;
  /** The line's number in the trace, from 1; the line that names CPython does not count. */
  readonly line: number;
  readonly reference: string;
  readonly port: string;
  readonly reason: string;
}

/** Reads `differences.md`. */
export function readDifferences(): Difference[] {
  return parseDifferences(readFileSync(new URL('../differences.md', import.meta.url), 'utf8'));
}

/** The rows of the table in `text`. */
export function parseDifferences(text: string): Difference[] {
  const rows = text.split('\n').filter((line) => line.startsWith('|'));
  return rows.slice(2).map(parseRow);
}

/**
 * The trace that a port must print: the reference's, with the accepted differences applied.
 *
 * @throws {Error} A difference names a line that the reference does not print, or is none.
 */
export function applyDifferences(
  trace: readonly string[],
  differences: readonly Difference[],
): string[] {
  const expected = [...trace];
  for (const { caseName, line, reference, port } of differences) {
    const place = `differences.md, ${caseName}, line ${line}`;
    if (expected[line - 1] !== reference) {
      throw new Error(
        `${place}: the reference prints ${JSON.stringify(expected[line - 1])}, not ` +
          JSON.stringify(reference),
      );
    }
    if (port === reference) throw new Error(`${place}: this is no difference`);
    expected[line - 1] = port;
  }
  return expected;
}

function parseRow(row: string): Difference {
  const cells = row
    .slice(1, row.lastIndexOf('|'))
    .split('|')
    .map((cell) => cell.trim());
  const [caseName = '', variant = '', line = '', reference = '', port = '', reason = ''] = cells;
  if (cells.length !== 6 || !isVariant(variant) || !/^[1-9]\d*$/.test(line) || reason === '') {
    throw new Error(`differences.md has a row that is no difference: ${row}`);
  }
  return {
    caseName,
    variant,
    line: Number(line),
    reference: unquote(reference),
    port: unquote(port),
    reason,
  };
}

function isVariant(text: string): text is Variant {
  return /^(generator|asynchronous|callbacks)(, (selector|proactor))?$/.test(text);
}

function unquote(cell: string): string {
  return cell.replace(/^`(.*)`$/, '$1');
}
