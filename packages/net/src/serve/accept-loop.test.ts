import { type EventLoop, getRunningLoop, run, sleep } from '@loop/core';
import { VirtualHost } from '@loop/core/testing';
import { Socket } from '@loop/net';
import * as posix from '@loop/posix/internal';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { collectReports } from '../../test/collect-reports.ts';
import { selectorLoops } from '../../test/backends.ts';
import { AcceptLoop } from './accept-loop.ts';

/** What the next calls of accept(2) say, in place of the system. */
const script = vi.hoisted(() => ({ results: [] as number[], calls: 0 }));

vi.mock(import('@loop/posix/internal'), async (original) => {
  const actual = await original();
  const tryAccept = (fd: number): number => {
    script.calls += 1;
    return script.results.shift() ?? actual.tryAccept(fd);
  };
  return { ...actual, tryAccept };
});

const { EAGAIN, ECONNABORTED, EINTR, EINVAL, EMFILE, ENFILE, ENOBUFS, ENOMEM } = posix;

/** Lets the loop go on, turn by turn of the host, until something is so. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(0);
}

beforeEach(() => {
  script.results = [];
  script.calls = 0;
});

describe.each(selectorLoops)('the accept loop with %s', (_, makeLoop) => {
  /** A loop that accepts, and `count` clients that wait; time is virtual. */
  const withClients = (
    count: number,
    backlog: number,
    body: (accepting: AcceptLoop, accepted: Socket[], loop: EventLoop) => Promise<void>,
  ): Promise<void> =>
    run(
      async () => {
        const loop = getRunningLoop();
        const listener = new Socket();
        listener.bind(['127.0.0.1', 0]);
        const accepted: Socket[] = [];
        const accepting = new AcceptLoop(loop, listener, backlog, (socket, peer) => {
          expect(peer).toEqual(socket.getpeername());
          accepted.push(socket);
        });
        listener.listen(100);
        const clients: Socket[] = [];
        for (let i = 0; i < count; i += 1) {
          const client = new Socket();
          clients.push(client);
          await loop.sockConnect(client, listener.getsockname());
        }
        accepting.start();
        accepting.start();
        try {
          await body(accepting, accepted, loop);
        } finally {
          accepting.close();
          for (const socket of [...clients, ...accepted]) socket.close();
        }
      },
      { loopFactory: () => makeLoop({ host: new VirtualHost() }) },
    );

  it('SRV-022 SRV-024 accepts backlog + 1 in a round, and stops early when none is left', async () => {
    await withClients(3, 1, async (_accepting, accepted) => {
      const sizes = new Set<number>();
      await until(() => {
        sizes.add(accepted.length);
        return accepted.length === 3;
      });
      expect([...sizes]).toEqual([0, 2, 3]);
      expect(script.calls).toBe(4);
    });
  });

  it.each([
    ['EINTR', EINTR],
    ['ECONNABORTED', ECONNABORTED],
  ])('SRV-025 goes on after %s', async (__, errno) => {
    await withClients(1, 5, async (_accepting, accepted, loop) => {
      const reports = collectReports(loop);
      script.results = [-errno];
      await until(() => accepted.length === 1);
      expect([accepted.length, reports]).toEqual([1, []]);
    });
  });

  it('SRV-025 ends the round quietly when nobody is there after all', async () => {
    await withClients(1, 5, async (_accepting, accepted, loop) => {
      const reports = collectReports(loop);
      script.results = [-EAGAIN];
      await until(() => accepted.length === 1);
      expect([accepted.length, reports]).toEqual([1, []]);
    });
  });

  it.each([
    ['EMFILE', EMFILE],
    ['ENFILE', ENFILE],
    ['ENOBUFS', ENOBUFS],
    ['ENOMEM', ENOMEM],
  ])('SRV-026 SRV-027 reports %s once, and tries again after a second', async (code, errno) => {
    await withClients(2, 5, async (_accepting, accepted, loop) => {
      const reports = collectReports(loop);
      script.results = [-errno, -errno];
      await until(() => script.calls === 1);
      await sleep(0.9);
      expect([accepted.length, script.calls, reports.length]).toEqual([0, 1, 1]);
      expect(reports[0]).toMatchObject({
        message: 'socket.accept() out of system resource',
        exception: { code },
      });
      expect(String(reports[0]!.socket)).toContain('<TransportSocket fd=');
      await sleep(0.2);
      await until(() => script.calls === 2);
      expect([accepted.length, script.calls, reports.length]).toEqual([0, 2, 2]);
      await sleep(1.1);
      await until(() => accepted.length > 0);
      expect([accepted.length, reports.length]).toEqual([2, 2]);
    });
  });

  it('SRV-027 does not try again once it is closed', async () => {
    await withClients(1, 5, async (accepting, accepted, loop) => {
      collectReports(loop);
      script.results = [-EMFILE];
      await until(() => script.calls === 1);
      accepting.close();
      accepting.close();
      await sleep(5);
      expect([accepted.length, script.calls]).toEqual([0, 1]);
    });
  });

  it('SRV-028 reports any other error as that of a callback, and serves on', async () => {
    await withClients(1, 5, async (_accepting, accepted, loop) => {
      const reports = collectReports(loop);
      script.results = [-EINVAL];
      await until(() => accepted.length === 1);
      expect(reports).toMatchObject([{ exception: { code: 'EINVAL', syscall: 'accept' } }]);
      expect(reports[0]!.message).toContain('Exception in callback');
      expect(accepted).toHaveLength(1);
    });
  });

  it('SRV-022 ends a round in which it is closed', async () => {
    await run(
      async () => {
        const loop = getRunningLoop();
        const listener = new Socket();
        listener.bind(['127.0.0.1', 0]);
        listener.listen();
        using first = new Socket();
        using second = new Socket();
        for (const client of [first, second]) {
          await loop.sockConnect(client, listener.getsockname());
        }
        let count = 0;
        const accepting = new AcceptLoop(loop, listener, 5, (socket) => {
          count += 1;
          socket.close();
          accepting.close();
        });
        accepting.start();
        await until(() => count > 0);
        expect(count).toBe(1);
      },
      { loopFactory: makeLoop },
    );
  });
});
