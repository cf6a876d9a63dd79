import { describe, expect, it } from 'vitest';
import { judge } from './judge.ts';
import type { Row } from './row.ts';

function row(costs: Record<string, readonly number[]>, more: Partial<Row> = {}): Row {
  return {
    title: 'a row',
    unit: 'ns',
    ours: 'loop',
    costs: new Map(Object.entries(costs)),
    targets: [],
    ...more,
  };
}

const outcomes = (rows: readonly Row[], node = '24.0.0') =>
  judge(rows, node).map(({ outcome }) => outcome);

describe('judge', () => {
  const targets = [{ against: 'uvloop', atLeast: 3 }] as const;

  it('finds a target reached, or not, by the ratio of the costs', () => {
    expect(outcomes([row({ loop: [10], uvloop: [30] }, { targets })])).toEqual(['reached']);
    expect(outcomes([row({ loop: [10], uvloop: [29] }, { targets })])).toEqual(['falls short']);
  });

  it('says so where one of the two was not measured', () => {
    expect(outcomes([row({ loop: [10] }, { targets })])).toEqual(['not measured']);
    expect(outcomes([row({ uvloop: [10] }, { targets })])).toEqual(['not measured']);
  });

  it('does not ask of an older Node what is wanted from a newer one on', () => {
    const late = [{ against: 'uvloop', atLeast: 3, fromNode: 24 }] as const;
    const short = [row({ loop: [10], uvloop: [20] }, { targets: late })];
    expect(outcomes(short, '20.19.0')).toEqual(['not asked']);
    expect(outcomes(short, '24.1.0')).toEqual(['falls short']);
  });

  it('names the aim beside the target', () => {
    const aimed = [{ against: 'uvloop', atLeast: 10, aim: 20 }] as const;
    const [verdict] = judge([row({ loop: [1], uvloop: [12] }, { targets: aimed })], '24.0.0');
    expect(verdict).toMatchObject({
      wanted: "at least 10 times uvloop's rate (the aim is 20)",
      got: '12.00 times',
      outcome: 'reached',
    });
  });

  it('finds whether ours does as many in a second as are wanted', () => {
    const fast = row({ loop: [0.5] }, { unit: 'us', wantedRate: 1_000_000 });
    const slow = row({ loop: [2000] }, { wantedRate: 1_000_000 });
    expect(judge([fast, slow], '24.0.0').map(({ got, outcome }) => [got, outcome])).toEqual([
      ['2,000,000', 'reached'],
      ['500,000', 'falls short'],
    ]);
    expect(outcomes([row({ uvloop: [1] }, { wantedRate: 1 })])).toEqual([]);
  });

  it('allows a series to cost more by the logarithm of its size, from one size on', () => {
    const sized = (size: number, cost: number) =>
      row({ loop: [cost] }, { growth: { series: 'timers', size, from: 1000 } });
    const rows = [sized(10, 900), sized(1000, 100), sized(100_000, 160), sized(1_000_000, 210)];
    expect(judge(rows, '24.0.0').map(({ wanted, outcome }) => [wanted, outcome])).toEqual([
      ['from 1,000 to 100,000 at most 1.67 times the cost', 'reached'],
      ['from 1,000 to 1,000,000 at most 2.00 times the cost', 'falls short'],
    ]);
  });
});
