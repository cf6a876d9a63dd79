import { describe, expect, it } from 'vitest';
import { coverageOf, type Coverage } from './coverage.ts';
import { idRanges } from './id-ranges.ts';
import { itemsOf, reasonsOf } from './items.ts';
import { tableOf, staleRows, withTable } from './readme-table.ts';

const spec = `
## 1. CB: callbacks

- **CB-001** (S) One.
- **CB-002** (R) Two, see **CB-003**.
  - **CB-009** not an item
- **CB-003** (R) Three.

## 2. Sockets

- **SOCK-001** (S) One.
`;
const items = itemsOf('spec.md', spec);
const readme = 'before\n\n<!-- spec: written by `pnpm spec --write` -->\n<!-- /spec -->\n\nafter\n';

interface Tests {
  passed?: string[];
  failed?: string[];
  skipped?: string[];
  listed?: Record<string, string>;
}
function cover({ passed = [], failed = [], skipped = [], listed = {} }: Tests): Coverage {
  const skips = skipped.map((title) => ({ title, reason: 'needs more' }));
  const run = { passedTests: passed, failures: failed, skips };
  return coverageOf({ items, run, reasons: new Map(Object.entries(listed)) });
}

describe('the spec', () => {
  it('is read bullet by bullet', () => {
    expect(items).toEqual([
      { id: 'CB-001', prefix: 'CB', topic: 'callbacks' },
      { id: 'CB-002', prefix: 'CB', topic: 'callbacks' },
      { id: 'CB-003', prefix: 'CB', topic: 'callbacks' },
      { id: 'SOCK-001', prefix: 'SOCK', topic: 'Sockets' },
    ]);
  });

  it('has each ID once', () => {
    const read = (): unknown => itemsOf('a.md', '## 1. A\n- **CB-001** x\n- **CB-001** y\n');
    expect(read).toThrow('a.md: CB-001 stands there twice');
  });

  it('has a reason for what does not apply', () => {
    const text = '# Title\n\n- **CB-001**: there is\n  no fork\n- **CB-002**: no\n- CB-003: x y\n';
    expect(reasonsOf(`${text}- **CB-001**: once more\n`)).toMatchObject({
      reasons: new Map([
        ['CB-001', 'once more'],
        ['CB-002', 'no'],
      ]),
      problems: [
        'CB-002 has no reason',
        'not of the form "- **ID**: reason": CB-003: x y',
        'CB-001 is listed twice',
      ],
    });
    expect(reasonsOf(text).reasons.get('CB-001')).toBe('there is no fork');
  });
});

describe('coverage', () => {
  it('counts what passing tests cite', () => {
    const { rows, problems } = cover({
      passed: [
        'core > CB-001 does',
        'core > CB-002 (selector) > CB-001 CB-002 does',
        'net > UTF-8',
      ],
      failed: ['core > CB-002 does'],
      skipped: ['net > SOCK-001 does'],
      listed: { 'CB-003': 'no such thing' },
    });
    expect(problems).toEqual(['no passing test cites CB-002']);
    expect(rows).toMatchObject([
      { prefix: 'CB', items: 3, cited: ['CB-001'], notApplicable: ['CB-003'], missing: ['CB-002'] },
      { prefix: 'SOCK', items: 1, cited: [], missing: ['SOCK-001'], skippedHere: ['SOCK-001'] },
    ]);
  });

  it('does not count the tests of the tools, nor those expected to fail', () => {
    const passed = ['repository > CB-001', 'core > CB-002 does (expected to fail)'];
    expect(cover({ passed }).rows[0]?.cited).toEqual([]);
  });

  it.each<[Tests, string[]]>([
    [{ passed: ['CB-004'] }, ['a test cites CB-004, which the spec does not have']],
    [{ skipped: ['CB-1'] }, ['a test cites CB-1, which the spec does not have']],
    [
      { listed: { 'X-001': 'a b' } },
      ['not-applicable.md lists X-001, which the spec does not have'],
    ],
    [
      { passed: ['CB-001'], listed: { 'CB-001': 'a b' } },
      ['CB-001 is cited by a test and listed as not applicable'],
    ],
    [{ failed: ['CB-001'] }, ['no passing test cites CB-001']],
  ])('of %j', (tests, problems) => {
    expect(cover(tests).problems).toEqual(expect.arrayContaining(problems));
  });

  it('is complete where each item is shown, listed or shown elsewhere', () => {
    const passed = ['CB-001', 'CB-002'];
    expect(cover({ passed, listed: { 'CB-003': 'a b' }, skipped: ['SOCK-001'] }).problems).toEqual(
      [],
    );
  });
});

it.each([
  [['CB-001'], 'CB-001'],
  [['CB-001', 'CB-002'], 'CB-001 002'],
  [['CB-001', 'CB-002', 'CB-003', 'CB-005', 'CB-007', 'CB-008'], 'CB-001…003 005 007 008'],
])('shortens %j', (ids, short) => {
  expect(idRanges(ids)).toBe(short);
});

describe('the table of README.md', () => {
  const { rows } = cover({ passed: ['CB-001', 'CB-003'], skipped: ['SOCK-001'] });

  it('lies between its marks, and stays so', () => {
    const once = withTable(readme, tableOf(rows));
    expect(withTable(once, tableOf(rows))).toBe(once);
    expect(once).toBe(`before

<!-- spec: written by \`pnpm spec --write\` -->

| Prefix | Topic     | Items | Cited | Not applicable | Missing |
| ------ | --------- | ----: | ----: | -------------: | ------: |
| CB     | callbacks |     3 |     2 |              0 |       1 |
| SOCK   | Sockets   |     1 |     0 |              0 |       1 |
|        | All       |     4 |     2 |              0 |       2 |

<!-- /spec -->

after
`);
  });

  it('is held against a run', () => {
    const stale = (found: Coverage): string[] =>
      staleRows(withTable(readme, tableOf(rows)), found.rows);
    expect(stale(cover({ passed: ['CB-001', 'CB-003'] }))).toEqual([]);
    expect(stale(cover({ passed: ['CB-001'] }))).toEqual(['CB']);
    // Skipped here, but it passed where the table was written.
    expect(stale(cover({ passed: ['CB-001'], skipped: ['CB-003'] }))).toEqual([]);
    expect(stale(cover({ passed: ['CB-001', 'CB-002', 'CB-003'] }))).toEqual(['CB']);
    expect(staleRows(readme, rows)).toEqual(['CB', 'SOCK']);
    expect(() => staleRows('', rows)).toThrow('README.md does not have the lines');
  });
});
