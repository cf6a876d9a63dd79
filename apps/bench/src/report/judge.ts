import { logarithmicGrowth, median, ratio } from '../harness/statistics.ts';
import type { Target } from '../harness/workload.ts';
import type { Row } from './row.ts';

/** How a target came out. */
export interface Verdict {
  readonly title: string;
  readonly wanted: string;
  readonly got: string;
  readonly outcome: 'reached' | 'falls short' | 'not asked' | 'not measured';
}

/** Compares rows with the targets that they carry. */
export function judge(rows: readonly Row[], nodeVersion: string): readonly Verdict[] {
  const major = parseInt(nodeVersion, 10);
  return [
    ...rows.flatMap((row) => row.targets.map((target) => judgeTarget(row, target, major))),
    ...rows.flatMap((row) => judgeRate(row)),
    ...rows.flatMap((row) => judgeFigure(row)),
    ...judgeGrowth(rows),
  ];
}

function judgeTarget(row: Row, target: Target, major: number): Verdict {
  const { of = row.ours, against, atLeast, atMost = Infinity, aim, fromNode = 0 } = target;
  const aimed = aim === undefined ? '' : ` (the aim is ${aim})`;
  const asked = fromNode === 0 ? '' : ` from Node ${fromNode} on`;
  const whose = of === row.ours ? '' : `${of}: `;
  const kind =
    atLeast === undefined
      ? `at most ${atMost} times ${against}'s cost`
      : `at least ${atLeast} times ${against}'s rate`;
  const wanted = `${whose}${kind}${asked}${aimed}`;
  const [ours, theirs] = [row.costs.get(of), row.costs.get(against)];
  if (ours === undefined || theirs === undefined) {
    return { title: row.title, wanted, got: '-', outcome: 'not measured' };
  }
  const times = atLeast === undefined ? ratio(theirs, ours) : ratio(ours, theirs);
  const reached = atLeast === undefined ? times <= atMost : times >= atLeast;
  const outcome = reached ? 'reached' : major < fromNode ? 'not asked' : 'falls short';
  return { title: row.title, wanted, got: `${times.toFixed(2)} times`, outcome };
}

/** Whether ours does as many in a second as are wanted. */
function judgeRate({ title, unit, costs, ours, wantedRate }: Row): readonly Verdict[] {
  const own = costs.get(ours);
  if (wantedRate === undefined || own === undefined) return [];
  const rate = Math.round((unit === 'us' ? 1e6 : 1e9) / median(own));
  return [
    {
      title,
      wanted: `at least ${count(wantedRate)} per second`,
      got: count(rate),
      outcome: rate >= wantedRate ? 'reached' : 'falls short',
    },
  ];
}

/** Whether ours is no more than is wanted. */
function judgeFigure({ title, unit, costs, ours, wantedAtMost }: Row): readonly Verdict[] {
  const own = costs.get(ours);
  if (wantedAtMost === undefined || own === undefined) return [];
  return [
    {
      title,
      wanted: `at most ${wantedAtMost} ${unit}`,
      got: `${Math.round(median(own))} ${unit}`,
      outcome: median(own) <= wantedAtMost ? 'reached' : 'falls short',
    },
  ];
}

/** One verdict per series of rows whose cost may grow with the logarithm of their size only. */
function judgeGrowth(rows: readonly Row[]): readonly Verdict[] {
  const series = new Map<string, Row[]>();
  for (const row of rows) {
    const { growth } = row;
    if (growth === undefined || growth.size < growth.from) continue;
    if (!row.costs.has(row.ours)) continue;
    const members = series.get(growth.series) ?? [];
    series.set(growth.series, [...members, row]);
  }
  return [...series].flatMap(([title, [first, ...larger]]) =>
    first === undefined ? [] : larger.map((row) => judgeStep(title, first, row)),
  );
}

function judgeStep(title: string, first: Row, row: Row): Verdict {
  const from = first.growth?.size ?? 0;
  const to = row.growth?.size ?? 0;
  const allowed = logarithmicGrowth(from, to);
  const grown = ownCost(row) / ownCost(first);
  return {
    title,
    wanted: `from ${count(from)} to ${count(to)} at most ${allowed.toFixed(2)} times the cost`,
    got: `${grown.toFixed(2)} times`,
    outcome: grown <= allowed ? 'reached' : 'falls short',
  };
}

function ownCost(row: Row): number {
  return median(row.costs.get(row.ours) ?? []);
}

function count(value: number): string {
  return value.toLocaleString('en');
}
