/** A start that is cancelled, at every turn that it has: as if it had never been. */
import { readdirSync, readFileSync } from 'node:fs';
import { setImmediate as immediate } from 'node:timers/promises';
import { CancelledError, type EventLoop } from '@loop/core';
import { DEVNULL, STDOUT, type SubprocessOptions } from '@loop/subprocess';
import { beforeEach, describe, expect, it } from 'vitest';
import { loops, openDescriptors, Traced, useLoops, withLoop } from '../test/traced.ts';

const OPTIONS: ReadonlyArray<readonly [string, SubprocessOptions]> = [
  ['three pipes', {}],
  ['one pipe for two streams', { stderr: STDOUT }],
  ['no pipes', { stdin: null, stdout: DEVNULL, stderr: null }],
];

describe.each(loops)('with the %s', (_, makeLoop) => {
  beforeEach(() => useLoops(makeLoop));

  it.each(OPTIONS)(
    'PROC-012 leaves no descriptor, child or listener, wherever it is cancelled: %s',
    async (_name, options) => {
      await withLoop(async (loop) => {
        await startAndCancel(loop, Infinity, options);
        const before = await traces();
        let turns = 0;
        while (await startAndCancel(loop, turns, options)) {
          turns += 1;
          expect([turns, await traces()]).toEqual([turns, before]);
        }
        expect(turns).toBeGreaterThan(0);
      });
    },
  );
});

/** Cancels a start after so many turns of the loop; whether it was not over by then. */
async function startAndCancel(
  loop: EventLoop,
  turns: number,
  options: SubprocessOptions,
): Promise<boolean> {
  const starting = loop.createTask(() =>
    loop.subprocessExec(() => new Traced(), ['sleep', '3600'], options),
  );
  for (let turn = 0; turn < turns && !starting.done(); turn += 1) await nextTurn(loop);
  starting.cancel();
  try {
    const [transport, protocol] = await starting;
    transport.close();
    await protocol.finished;
    return false;
  } catch (error) {
    if (error instanceof CancelledError) return true;
    throw error;
  }
}

function nextTurn(loop: EventLoop): Promise<void> {
  return new Promise((resolve) => void loop.callSoon(resolve));
}

interface Traces {
  readonly descriptors: number;
  readonly children: readonly string[];
  readonly listeners: number;
}

/** What a start may leave in this process. Node closes what is its own in later turns. */
async function traces(): Promise<Traces> {
  for (let turn = 0; turn < 3; turn += 1) await immediate();
  const listeners = process
    .eventNames()
    .reduce((sum, name) => sum + process.listenerCount(name as string), 0);
  return { descriptors: openDescriptors(), children: childrenOfThis(), listeners };
}

/** Running or waiting to be reaped. */
function childrenOfThis(): string[] {
  return readdirSync('/proc/self/task').flatMap((thread) =>
    readFileSync(`/proc/self/task/${thread}/children`, 'utf8').split(' ').filter(Boolean),
  );
}
