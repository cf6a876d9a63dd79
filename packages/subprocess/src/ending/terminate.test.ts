import { readFileSync } from 'node:fs';
import {
  CancelledError,
  type EventLoop,
  getRunningLoop,
  run,
  shield,
  TimeoutError,
  waitFor,
} from '@loop/core';
import { VirtualHost } from '@loop/core/testing';
import { ProactorEventLoop, SelectorEventLoop } from '@loop/net';
import '@loop/subprocess';
import { describe, expect, it } from 'vitest';
import { Traced, withLoop } from '../../test/traced.ts';

// What is ignored stays so for the program that exec starts.
const STUBBORN = 'trap "" TERM; echo ready; exec sleep 3600';
// A child, and a grandchild by another child; all have the output pipe. It speaks before they have started.
const FAMILY = 'sleep 3600 & sh -c "sleep 3600 & wait" & echo ready; wait';
// The same, complete when it speaks.
const COMPLETE = 'sleep 3600 & sh -c "sleep 3600 & echo ready; wait" & wait';

/** Time passes only where nothing else happens. */
const withVirtualTime = (body: (loop: EventLoop) => Promise<void>): Promise<void> =>
  run(() => body(getRunningLoop()), {
    loopFactory: () => new SelectorEventLoop(null, { host: new VirtualHost() }),
  });

async function start(loop: EventLoop, command: string) {
  const [transport, protocol] = await loop.subprocessShell(() => new Traced(), command);
  await protocol.spoke;
  return { transport, protocol };
}

describe('terminate with a grace', () => {
  it('asks a child that obeys, and gives its return code', async () => {
    await withLoop(async (loop) => {
      const { transport, protocol } = await start(loop, 'trap "exit 3" TERM; echo ready; read x');
      expect(await transport.terminate({ grace: 3600 })).toBe(3);
      await protocol.finished;
      expect(await transport.terminate({ grace: 3600 })).toBe(3);
    });
  });

  it('kills a child that ignores SIGTERM, after the grace', async () => {
    await withVirtualTime(async (loop) => {
      const { transport } = await start(loop, STUBBORN);
      const before = loop.time();
      expect(await transport.terminate({ grace: 7 })).toBe(-9);
      expect(loop.time() - before).toBe(7);
    });
  });

  it('grants five seconds where nothing is said', async () => {
    await withVirtualTime(async (loop) => {
      const { transport } = await start(loop, STUBBORN);
      const before = loop.time();
      expect(await transport.terminate({})).toBe(-9);
      expect(loop.time() - before).toBe(5);
    });
  });

  it('kills at once when it is cancelled, and is over when the child is', async () => {
    await withLoop(async (loop) => {
      const { transport } = await start(loop, STUBBORN);
      const ending = loop.createTask(() => transport.terminate({ grace: 3600 }));
      loop.callSoon(() => ending.cancel());
      await expect(ending).rejects.toThrow(CancelledError);
      expect(transport.getReturncode()).toBe(-9);
    });
  });

  it('refuses what is no time', async () => {
    await withLoop(async (loop) => {
      const { transport } = await start(loop, STUBBORN);
      for (const grace of [-1, NaN, '5']) {
        await expect(transport.terminate({ grace: grace as number })).rejects.toThrow(
          'Expected grace to be 0 or more seconds',
        );
      }
      transport.kill();
      expect(await transport.wait()).toBe(-9);
    });
  });
});

describe('a tree of processes', () => {
  it('is killed as a whole: nobody keeps the pipes', async () => {
    await withLoop(async (loop) => {
      const { transport, protocol } = await start(loop, FAMILY);
      transport.kill({ tree: true });
      await protocol.finished;
      expect(transport.getReturncode()).toBe(-9);
    });
  });

  it('would keep the pipes if the child alone were killed', async () => {
    await withLoop(async (loop) => {
      const { transport, protocol } = await start(loop, COMPLETE);
      const rest = descendantsOf(transport.getPid());
      transport.kill();
      await protocol.exited;
      expect(protocol.finished.done()).toBe(false);
      expect(rest).toHaveLength(3);
      for (const pid of rest) process.kill(pid);
      await protocol.finished;
    });
  });

  it('is asked first, and those who will not go are killed', async () => {
    await withVirtualTime(async (loop) => {
      const { transport, protocol } = await start(
        loop,
        `sh -c '${STUBBORN}' & trap "exit 4" TERM; wait`,
      );
      const before = loop.time();
      expect(await transport.terminate({ grace: 2, tree: true })).toBe(4);
      expect(loop.time() - before).toBe(2);
      await protocol.finished;
    });
  });

  it('is over as soon as all have gone', async () => {
    await withLoop(async (loop) => {
      const { transport, protocol } = await start(loop, FAMILY);
      expect(await transport.terminate({ grace: 3600, tree: true })).toBe(-15);
      await protocol.finished;
    });
  });

  it('is over as soon as all have gone on the proactor, which cannot watch them', async () => {
    await run(
      async () => {
        const loop = getRunningLoop();
        const { transport, protocol } = await start(loop, FAMILY);
        expect(await transport.terminate({ grace: 3600, tree: true })).toBe(-15);
        await protocol.finished;
        const again = await start(loop, `sh -c '${STUBBORN}' & trap "exit 4" TERM; wait`);
        expect(await again.transport.terminate({ grace: 0.05, tree: true })).toBe(4);
        await again.protocol.finished;
      },
      { loopFactory: () => new ProactorEventLoop() },
    );
  });

  it('includes those of a session whose parents have gone', async () => {
    await withLoop(async (loop) => {
      const [transport, protocol] = await loop.subprocessShell(
        () => new Traced(),
        '(sleep 3600 & exit) ; echo ready; read x',
        { startNewSession: true },
      );
      await protocol.spoke;
      expect(descendantsOf(transport.getPid())).toEqual([]);
      transport.kill({ tree: true });
      await protocol.finished;
    });
  });

  it('does not include anyone once the child has ended', async () => {
    await withLoop(async (loop) => {
      const { transport, protocol } = await start(loop, 'exec 3<&0; read x <&3 & echo ready');
      await protocol.exited;
      transport.sendSignal('SIGKILL', { tree: true });
      expect(protocol.finished.done()).toBe(false);
      transport.getPipeTransport(0)?.close();
      await protocol.finished;
      expect(transport.getReturncode()).toBe(0);
    });
  });
});

describe('wait', () => {
  it('PROC-037 resolves for many at once, with the pipes, and at once after the end', async () => {
    await withLoop(async (loop) => {
      const { transport, protocol } = await start(loop, 'echo ready; read x; exit 6');
      const waits = [transport.wait(), transport.wait(), transport.wait()];
      transport.getPipeTransport(0)?.close();
      expect(await Promise.all(waits)).toEqual([6, 6, 6]);
      expect(protocol.trace).toContain('pipe lost 1');
      expect(await transport.wait()).toBe(6);
    });
  });

  it('PROC-037 leaves the child running when it is cancelled', async () => {
    await withLoop(async (loop) => {
      const { transport } = await start(loop, 'echo ready; read x; exit 2');
      await expect(waitFor(transport.wait(), 0)).rejects.toThrow(TimeoutError);
      const waiting = loop.createTask(() => transport.wait());
      loop.callSoon(() => waiting.cancel());
      await expect(waiting).rejects.toThrow(CancelledError);
      expect(transport.getReturncode()).toBeNull();
      transport.getPipeTransport(0)?.write(Buffer.from('\n'));
      expect(await transport.wait()).toBe(2);
    });
  });

  it('ends the child when it is cancelled, if it is asked to', async () => {
    await withLoop(async (loop) => {
      const { transport, protocol } = await start(loop, FAMILY);
      const terminateOnCancel = { grace: 3600, tree: true };
      const waiting = loop.createTask(() => transport.wait({ terminateOnCancel }));
      loop.callSoon(() => waiting.cancel());
      await expect(waiting).rejects.toThrow(CancelledError);
      expect(transport.getReturncode()).toBe(-15);
      await protocol.finished;
    });
  });

  it('kills it when it is cancelled once more', async () => {
    await withLoop(async (loop) => {
      const { transport } = await start(loop, STUBBORN);
      const waiting = loop.createTask(() => transport.wait({ terminateOnCancel: { grace: 3600 } }));
      loop.callSoon(() => {
        waiting.cancel();
        loop.callSoon(() => loop.callSoon(() => waiting.cancel()));
      });
      await expect(shield(waiting)).rejects.toThrow(CancelledError);
      expect(transport.getReturncode()).toBe(-9);
    });
  });
});

/** By the kernel's own list. */
function descendantsOf(pid: number): number[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1');
  const pids = children.trim().split(' ').filter(Boolean).map(Number);
  return [...pids, ...pids.flatMap(descendantsOf)];
}
