import { describe, expect, it } from 'vitest';
import { formatCost, formatHead, formatRow, formatVerdicts } from './table.ts';
import type { Row } from './row.ts';

const row = (costs: Record<string, readonly number[]>, unit: Row['unit'] = 'ns'): Row => ({
  title: 'callbacks',
  unit,
  ours: 'loop',
  costs: new Map(Object.entries(costs)),
  targets: [],
});

const columns = ['loop', 'node', 'uvloop'];
const words = (line: string) => line.trim().split(/\s+/);

describe('formatRow', () => {
  it('gives the medians, and how many times ours they are', () => {
    const line = formatRow(row({ loop: [20, 21, 19], uvloop: [250, 250, 250] }), columns);
    expect(words(line)).toEqual(['callbacks', '20.0', '-', '250', '13x']);
  });

  it('marks figures whose rounds disagree', () => {
    const line = formatRow(row({ loop: [20, 20, 20], node: [50, 100, 150] }), columns);
    expect(words(line)).toEqual(['callbacks', '20.0', '~100', '5.0x', '-']);
  });

  it('says why there are no figures', () => {
    const line = formatRow({ ...row({}), omitted: 'its load needs a C compiler' }, columns);
    expect(line).toMatch(/^callbacks +left out: its load needs a C compiler$/);
  });

  it('names a unit other than nanoseconds', () => {
    expect(words(formatRow(row({ loop: [1000] }, 'bytes'), ['loop']))).toEqual([
      'callbacks,',
      'bytes',
      '1,000',
    ]);
  });

  it('puts each cost under the end of its column', () => {
    const head = formatHead(columns);
    const line = formatRow(row({ loop: [1], node: [2], uvloop: [3] }), columns);
    expect(line.length).toBe(head.length);
    expect(head.indexOf('loop') + 'loop'.length).toBe(line.indexOf('1.00') + '1.00'.length);
  });
});

describe('formatCost', () => {
  it('keeps three digits where there are decimals, and groups thousands', () => {
    expect([1.234, 12.34, 123.4, 12_345.6].map(formatCost)).toEqual([
      '1.23',
      '12.3',
      '123',
      '12,346',
    ]);
  });
});

describe('formatVerdicts', () => {
  it('marks what falls short', () => {
    const text = formatVerdicts([
      { title: 'a', wanted: 'w', got: '2 times', outcome: 'reached' },
      { title: 'b', wanted: 'w', got: '1 times', outcome: 'falls short' },
      { title: 'c', wanted: 'w', got: '-', outcome: 'not measured' },
    ]);
    expect(text.split('\n').map((line) => line[0])).toEqual(['✓', '✗', '-']);
  });
});
