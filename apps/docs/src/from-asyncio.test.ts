import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const textOf = (path: string): string =>
  readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');

// What the document defines, each on a line that ends in a pilcrow: `- async loop.sock_recv(sock)¶`.
const definition = /^- (?:async |class )?(?:[\w.]+\.)?(?<name>\w+)(?:\(.*)?¶/gm;

it('the guide from asyncio maps every name that the document defines', () => {
  const guide = textOf('docs/guides/from-asyncio.md');
  const names = textOf('docs/spec/seed-event-loop.de.txt').matchAll(definition);
  const missing = [...names]
    .map(({ groups }) => groups?.['name'] as string)
    .filter((name) => !new RegExp(`\\b${name}\\b`).test(guide));
  expect(missing).toEqual([]);
});
