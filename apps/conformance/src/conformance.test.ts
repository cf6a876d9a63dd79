import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { caseNames, loadPort, readCase, variantsOf } from './cases.ts';
import { applyDifferences, readDifferences } from './differences.ts';
import { printTo } from './print.ts';
import { reasonAgainst } from './runtimes.ts';

const cases = caseNames().map(readCase);
const differences = readDifferences();

describe('traces are those of CPython', () => {
  afterEach(() => vi.unstubAllEnvs());

  for (const each of cases) {
    const { name, proves, trace } = each;
    for (const [variant, style, backend] of variantsOf(each)) {
      it(`${proves.join(' ')} ${name} (${variant})`, async ({ skip }) => {
        const reason = reasonAgainst(name, backend);
        skip(reason !== null, reason ?? '');
        vi.stubEnv('LOOP_BACKEND', backend ?? '');
        const program = (await loadPort(name))[style];
        const accepted = differences.filter((d) => d.caseName === name && d.variant === variant);
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
    const programs = cases.flatMap((each) =>
      variantsOf(each).map(([variant]) => `${each.name} ${variant}`),
    );
    const strays = differences
      .map(({ caseName, variant }) => `${caseName} ${variant}`)
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
