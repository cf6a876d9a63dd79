import { median, ratio, spread } from '../harness/statistics.ts';
import type { Verdict } from './judge.ts';
import type { Row } from './row.ts';

const TITLE_WIDTH = 50;
const COST_WIDTH = 9;
const RATIO_WIDTH = 7;
// Rounds that differ by more than this deserve a second look.
const UNSTEADY = 0.1;

/** The line above the rows. */
export function formatHead(columns: readonly string[]): string {
  return ['', ...columns]
    .map((column, i) => pad(column, i === 0 ? TITLE_WIDTH : cellWidth(i)))
    .join('');
}

/** One line: a cost per column, and behind each but ours how many times ours it is. */
export function formatRow(row: Row, columns: readonly string[]): string {
  if (row.omitted !== undefined) return `${row.title.padEnd(TITLE_WIDTH)} left out: ${row.omitted}`;
  const ours = row.costs.get(row.ours);
  const cells = columns.map((column, i) => {
    const costs = row.costs.get(column);
    if (costs === undefined) return pad('-', COST_WIDTH) + ' '.repeat(i === 0 ? 0 : RATIO_WIDTH);
    const unsteady = spread(costs) > UNSTEADY ? '~' : '';
    const limited = row.limited?.has(column) === true ? '!' : '';
    const cost = pad(unsteady + limited + formatCost(median(costs)), COST_WIDTH);
    if (i === 0) return cost;
    return cost + pad(ours === undefined ? '' : formatRatio(ratio(ours, costs)), RATIO_WIDTH);
  });
  const unit = row.unit === 'ns' ? '' : `, ${row.unit}`;
  return (row.title + unit).padEnd(TITLE_WIDTH) + cells.join('');
}

/** The targets, one a line. */
export function formatVerdicts(verdicts: readonly Verdict[]): string {
  const marks = { reached: '✓', 'falls short': '✗', 'not asked': '-', 'not measured': '-' };
  return verdicts
    .map(({ title, wanted, got, outcome }) =>
      `${marks[outcome]} ${title.padEnd(TITLE_WIDTH)}${wanted}: ${got}, ${outcome}`.trimEnd(),
    )
    .join('\n');
}

/** Three significant digits where there are decimals, thousands grouped where there are many. */
export function formatCost(cost: number): string {
  if (cost >= 1000) return Math.round(cost).toLocaleString('en');
  return cost.toFixed(cost < 10 ? 2 : cost < 100 ? 1 : 0);
}

function formatRatio(times: number): string {
  return `${times.toFixed(times < 2 ? 2 : times < 10 ? 1 : 0)}x`;
}

function cellWidth(column: number): number {
  return column === 1 ? COST_WIDTH : COST_WIDTH + RATIO_WIDTH;
}

function pad(text: string, width: number): string {
  return text.padStart(width);
}
