import type { TestCase } from 'vitest/node';

/**
 * Why a test was skipped, or '' where nobody says. A reason is, in this order:
 *
 * 1. what the test said itself: `skip(condition, 'needs IPv6')`;
 * 2. the brackets that end its title or that of a suite around it:
 *    `it.skipIf(!isLinux)('CB-004 does so (needs Linux)', …)`;
 * 3. a failing hook of a suite around it.
 */
export function skipReason(test: TestCase): string {
  const result = test.result();
  if (result.state === 'skipped' && result.note !== undefined) return result.note;
  for (let each: TestCase['parent'] | TestCase = test; each.type !== 'module'; each = each.parent) {
    const reason = reasonInTitle(each.name);
    if (reason !== '') return reason;
    if (each.type === 'suite' && each.errors().length > 0) return 'a hook of its suite failed';
  }
  return '';
}

/** The text in the brackets that end a title, if it reads like a reason to skip. */
export function reasonInTitle(title: string): string {
  return (
    /\(((?:needs|not on|only on|only where|where|without|until|slow)\b[^()]*)\)$/.exec(
      title.trim(),
    )?.[1] ?? ''
  );
}
