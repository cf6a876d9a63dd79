import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { PeerProcess } from '../harness/peer-process.ts';
import { choosePythons, peerCommand } from '../harness/peers.ts';
import { PEERS, type JavaScriptPeer } from '../harness/workload.ts';
import { coreWorkloads } from './suite.ts';

const SMALL = 10;
const pythons = choosePythons();

// Timers that a workload leaves pending must not outlive the test.
const scheduled: NodeJS.Timeout[] = [];

beforeAll(() => {
  const { setTimeout: original } = globalThis;
  vi.spyOn(globalThis, 'setTimeout').mockImplementation((...args) => {
    const timer = original(...args);
    scheduled.push(timer);
    return timer;
  });
});

afterAll(() => {
  vi.restoreAllMocks();
  for (const timer of scheduled) clearTimeout(timer);
});

describe.each(coreWorkloads)('$name', (workload) => {
  const cases = [...new Map(workload.cases.map((case_) => [case_.style, case_])).values()].map(
    (case_) => ({ ...case_, size: Math.min(case_.size, SMALL) }),
  );
  const twins = Object.entries(workload.twins).flatMap(([peer, twin]) =>
    cases.map((case_) => [peer as JavaScriptPeer, case_.label, twin, case_] as const),
  );

  it.each(twins)('%s starts and does what it is asked %s', async (_peer, _label, twin, case_) => {
    const run = await twin(case_.size, case_.style ?? 'generator');
    expect(await run(SMALL)).toBeGreaterThanOrEqual(SMALL);
    // A workload goes on from sample to sample.
    expect(await run(1)).toBeGreaterThanOrEqual(1);
  });

  it('has a twin in Python beside it', () => {
    expect(existsSync(new URL(`./${workload.name}.py`, import.meta.url))).toBe(true);
  });

  it.for(['asyncio', 'uvloop'] as const)(
    '%s starts and does what it is asked',
    async (peer, { skip }) => {
      const [case_] = cases;
      const command = case_ && peerCommand(peer, 'core', workload, case_, pythons);
      skip(command === undefined, `no Python 3.11 or newer with ${peer} was found`);
      if (command === undefined) return;
      const process = await PeerProcess.start(command);
      try {
        const { operations } = await process.sample(SMALL);
        expect(operations).toBeGreaterThanOrEqual(SMALL);
      } finally {
        await process[Symbol.asyncDispose]();
      }
    },
  );
});

it('every peer is measured by some workload', () => {
  const measured = coreWorkloads.flatMap(({ twins }) => Object.keys(twins));
  expect([...new Set(measured), 'asyncio', 'uvloop'].toSorted()).toEqual([...PEERS].toSorted());
});
