import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { caseNames, loadPort, readCase } from './cases.ts';
import { applyDifferences, readDifferences } from './differences.ts';
import { printTo } from './print.ts';

const cases = caseNames().map(readCase);
const differences = readDifferences();

describe('traces are those of CPython', () => {
  for (const { name, proves, styles, trace } of cases) {
    for (const style of styles) {
      it(`${proves.join(' ')} ${name} (${style})`, async () => {
        const program = (await loadPort(name))[style];
        const accepted = differences.filter((d) => d.caseName === name && d.style === style);
        const printed: string[] = [];
        try {
          await program?.(printTo(printed));
        } catch (error) {
          printed.push(`the program failed: ${String(error)}`);
        }
        expect(printed).toEqual(applyDifferences(trace, accepted));
      });
    }
  }
});

describe('the collection', () => {
  it('has differences only for programs that exist', () => {
    const programs = cases.flatMap(({ name, styles }) => styles.map((style) => `${name} ${style}`));
    const strays = differences
      .map(({ caseName, style }) => `${caseName} ${style}`)
      .filter((program) => !programs.includes(program));
    expect(strays).toEqual([]);
  });

  it('cites only items of the spec', () => {
    const spec = ['core', 'net']
      .map((name) =>
        readFileSync(new URL(`../../../docs/spec/${name}.md`, import.meta.url), 'utf8'),
      )
      .join('\n');
    const ids = new Set(spec.match(/(?<=^- \*\*)[A-Z]+-\d{3}/gm));
    expect(cases.flatMap(({ proves }) => proves).filter((id) => !ids.has(id))).toEqual([]);
  });
});
