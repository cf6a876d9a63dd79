import { expect, it } from 'vitest';
import { reasonInTitle } from './skip-reason.ts';

it.each([
  ['CB-004 does so (needs Linux)', 'needs Linux'],
  ['CB-004 does so (only on Node 24 and newer)', 'only on Node 24 and newer'],
  ['CB-004 does so (#123)', ''],
  ['CB-004 calls f(needs)', 'needs'],
  ['CB-004 does so (twice)', ''],
  ['CB-004 (needs Linux) does so', ''],
])('reads the reason at the end of %j', (title, reason) => {
  expect(reasonInTitle(title)).toBe(reason);
});
