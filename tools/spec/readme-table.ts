import type { CoverageRow } from './coverage.ts';

const begin = '<!-- spec: written by `pnpm spec --write` -->';
const end = '<!-- /spec -->';

/** The table of README.md, aligned as the formatter aligns it. */
export function tableOf(rows: readonly CoverageRow[]): string {
  const lines = rows.map(({ prefix, topic, items, cited, notApplicable, missing }) =>
    [prefix, topic, items, cited.length, notApplicable.length, missing.length].map(String),
  );
  const sum = (column: number): string =>
    String(lines.reduce((total, line) => total + Number(line[column]), 0));
  const head = ['Prefix', 'Topic', 'Items', 'Cited', 'Not applicable', 'Missing'];
  const all = [head, ...lines, ['', 'All', sum(2), sum(3), sum(4), sum(5)]];
  const widths = head.map((_, column) => Math.max(...all.map((line) => line[column]!.length)));
  const row = (cells: string[]): string => `| ${cells.join(' | ')} |`;
  const isNumber = (column: number): boolean => column >= 2;
  const padded = all.map((line) =>
    row(
      line.map((cell, column) =>
        isNumber(column) ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!),
      ),
    ),
  );
  const rule = widths.map((width, column) =>
    isNumber(column) ? `${'-'.repeat(width - 1)}:` : '-'.repeat(width),
  );
  return [padded[0], row(rule), ...padded.slice(1)].join('\n');
}

/** @throws {Error} README.md has no place for the table. */
export function withTable(readme: string, table: string): string {
  const [from, to] = placeIn(readme);
  return `${readme.slice(0, from)}\n\n${table}\n\n${readme.slice(to)}`;
}

/**
 * Names the prefixes at which README's table differs from the rows. What only tests that are skipped here would
 * show may stand there as cited or as missing: both are true somewhere.
 */
export function staleRows(readme: string, rows: readonly CoverageRow[]): string[] {
  const [from, to] = placeIn(readme);
  const written = new Map(
    readme
      .slice(from, to)
      .split('\n')
      .map((line) => line.split('|').map((cell) => cell.trim()))
      .map(([, prefix = '', , ...numbers]) => [prefix, numbers.slice(0, 4).map(Number)] as const),
  );
  return rows.flatMap(({ prefix, items, cited, notApplicable, missing, skippedHere }) => {
    const [readItems, readCited = NaN, readNotApplicable, readMissing] = written.get(prefix) ?? [];
    const more = readCited - cited.length;
    const right =
      readItems === items &&
      readNotApplicable === notApplicable.length &&
      more >= 0 &&
      more <= skippedHere.length &&
      readMissing === missing.length - more;
    return right ? [] : [prefix];
  });
}

function placeIn(readme: string): [from: number, to: number] {
  const from = readme.indexOf(begin);
  const to = readme.indexOf(end, from);
  if (from < 0 || to < 0) throw new Error(`README.md does not have the lines ${begin} and ${end}`);
  return [from + begin.length, to];
}
