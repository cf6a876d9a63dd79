import { describe, expect, it } from 'vitest';
import { applyDifferences, parseDifferences } from './differences.ts';

const head = '| Case | Style | Line | Reference | Port | Reason |\n| - | - | - | - | - | - |\n';
const row = '| a-case | generator | 2 | `b` | `B` | capitals |\n';

describe('parseDifferences', () => {
  it('reads a row of the table', () => {
    expect(parseDifferences(`# Title\n\n${head}${row}`)).toEqual([
      {
        caseName: 'a-case',
        variant: 'generator',
        line: 2,
        reference: 'b',
        port: 'B',
        reason: 'capitals',
      },
    ]);
  });

  it.each([
    ['a style that is none', '| a-case | promises | 2 | `b` | `B` | capitals |'],
    ['a line that is none', '| a-case | generator | two | `b` | `B` | capitals |'],
    ['no reason', '| a-case | generator | 2 | `b` | `B` | |'],
    ['too few cells', '| a-case | generator | 2 | `b` | `B` |'],
  ])('refuses a row with %s', (_, bad) => {
    expect(() => parseDifferences(head + bad)).toThrow('a row that is no difference');
  });
});

describe('applyDifferences', () => {
  const differences = parseDifferences(head + row);

  it('replaces the line, and so fails a port that prints what the reference prints', () => {
    expect(applyDifferences(['a', 'b', 'c'], differences)).toEqual(['a', 'B', 'c']);
  });

  it('refuses a row whose line the reference does not print', () => {
    expect(() => applyDifferences(['a', 'x'], differences)).toThrow('the reference prints "x"');
    expect(() => applyDifferences(['a'], differences)).toThrow('the reference prints undefined');
  });

  it('refuses a row without a difference', () => {
    const none = parseDifferences(`${head}| a-case | generator | 1 | \`a\` | \`a\` | none |`);
    expect(() => applyDifferences(['a'], none)).toThrow('this is no difference');
  });
});
