import type { RunReport } from '../tally-reporter.ts';
import type { SpecItem } from './items.ts';

export interface Coverage {
  rows: CoverageRow[];
  /** What fails `pnpm spec`: contradictions, and items that no test shows. */
  problems: string[];
}

export interface CoverageRow {
  prefix: string;
  topic: string;
  items: number;
  /** Cited by a test that passed, and by none that failed. */
  cited: string[];
  notApplicable: string[];
  /** Neither of the two. */
  missing: string[];
  /** Those of the missing that only tests skipped here would show. */
  skippedHere: string[];
}

export interface CoverageInput {
  items: readonly SpecItem[];
  run: Pick<RunReport, 'passedTests' | 'failures' | 'skips'>;
  /** From docs/spec/not-applicable.md. */
  reasons: ReadonlyMap<string, string>;
}

/** Compares the spec's items with what the titles of a run's tests cite. */
export function coverageOf({ items, run, reasons }: CoverageInput): Coverage {
  const prefixes = new Set(items.map(({ prefix }) => prefix));
  const known = new Set(items.map(({ id }) => id));
  const cites = (titles: readonly string[]): Set<string> => citations(titles, prefixes);

  const passed = cites(run.passedTests);
  const failed = cites(run.failures);
  const skipped = cites(run.skips.map(({ title }) => title));

  const rows = [...prefixes].map((prefix): CoverageRow => {
    const own = items.filter((item) => item.prefix === prefix);
    const ids = own.map(({ id }) => id);
    const isCited = (id: string): boolean => passed.has(id) && !failed.has(id);
    const missing = ids.filter((id) => !isCited(id) && !reasons.has(id));
    return {
      prefix,
      topic: own[0]!.topic,
      items: ids.length,
      cited: ids.filter(isCited),
      notApplicable: ids.filter((id) => reasons.has(id)),
      missing,
      skippedHere: missing.filter((id) => skipped.has(id) && !failed.has(id)),
    };
  });

  const problems: string[] = [];
  for (const id of [...passed, ...failed, ...skipped]) {
    if (!known.has(id)) problems.push(`a test cites ${id}, which the spec does not have`);
  }
  for (const id of reasons.keys()) {
    if (!known.has(id))
      problems.push(`not-applicable.md lists ${id}, which the spec does not have`);
    if (passed.has(id)) problems.push(`${id} is cited by a test and listed as not applicable`);
  }
  for (const { missing, skippedHere } of rows) {
    for (const id of missing) {
      if (!skippedHere.includes(id)) problems.push(`no passing test cites ${id}`);
    }
  }
  return { rows, problems: [...new Set(problems)] };
}

/**
 * The IDs in titles, `project > suite > test`. The repository's own tests and tests that pass by
 * failing cite nothing.
 */
function citations(titles: readonly string[], prefixes: ReadonlySet<string>): Set<string> {
  const ids = new Set<string>();
  for (const title of titles) {
    if (title.startsWith('repository > ') || title.endsWith(' (expected to fail)')) continue;
    for (const [id, prefix] of title.matchAll(/\b([A-Z]+)-\d+\b/g)) {
      if (prefixes.has(prefix!)) ids.add(id);
    }
  }
  return ids;
}
