import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { JavaScriptPeer } from '../harness/workload.ts';
import { subprocessWorkloads } from './suite.ts';

describe.each(subprocessWorkloads)('$name', ({ name, cases, twins }) => {
  it.each(Object.entries(twins))('%s starts and does what it is asked', async (_peer, twin) => {
    const size = Math.min(cases[0]?.size ?? 0, 1024);
    const run = await twin(size, 'generator');
    expect(await run(3)).toBe(3);
    expect(await run(1)).toBe(1);
  });

  it('has a twin for Node, and one in Python beside it', () => {
    expect(Object.keys(twins) as JavaScriptPeer[]).toEqual(['loop', 'node']);
    expect(existsSync(new URL(`./${name}.py`, import.meta.url))).toBe(true);
  });
});
