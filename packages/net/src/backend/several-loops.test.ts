import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { gather, getRunningLoop, sleep } from '@loop/core';
import { describe, expect, it, onTestFinished } from 'vitest';
import { backends } from '../../test/backends.ts';
import { inLoop, portOf } from '../../test/in-loop.ts';
import { openSockets } from '../../test/open-sockets.ts';
import { openConnection } from '../streams/open-connection.ts';
import { startServer } from '../streams/start-server.ts';

/** For loops to wait for one another, which futures cannot. */
class Latch {
  open!: () => void;
  readonly opened = new Promise<void>((resolve) => {
    this.open = resolve;
  });
}

/** Starts a loop in a thread of its own; it talks to a server of its own. */
function startWorker(backend: string, rounds: number): Worker {
  const worker = new Worker(new URL('../../test/fixtures/loop-of-worker.mjs', import.meta.url), {
    workerData: { backend, rounds },
    execArgv: ['--conditions=@loop/source'],
  });
  onTestFinished(() => void worker.terminate());
  return worker;
}

const names = [...new Set(backends.map(([, , backend]) => backend))];

describe.each(names)('a loop in a worker thread on the %s', (backend) => {
  it('has connections while others in other threads have theirs', async () => {
    const answers = Array.from({ length: 2 }, async () => {
      const worker = startWorker(backend, 50);
      const said: unknown[] = [];
      worker.on('message', (message) => void said.push(message));
      const [status] = await once(worker, 'exit');
      return [...said, status];
    });
    const each = ['busy', 50 * 'round 0\n'.length, 0];
    expect(await Promise.all(answers)).toEqual([each, each]);
  });

  it.skipIf(process.platform !== 'linux')(
    'leaves no socket when its thread is ended in the middle (needs Linux)',
    async () => {
      const before = openSockets();
      const workers = [startWorker(backend, Infinity), startWorker(backend, Infinity)];
      await Promise.all(workers.map((worker) => once(worker, 'message')));
      expect(openSockets().length).toBeGreaterThan(before.length);
      await Promise.all(workers.map((worker) => worker.terminate()));
      expect(openSockets()).toEqual(before);
    },
  );
});

describe('loops side by side in one thread', () => {
  it('LOOP-032 each have their timers and connections, and reach one another by the network', async () => {
    const before = openSockets();
    const trace = await Promise.all(
      backends.map(([name, makeLoop]) =>
        inLoop(makeLoop, async (loop) => {
          const server = await startServer(
            async (reader, writer) => {
              expect(getRunningLoop()).toBe(loop);
              for await (const line of reader) writer.write(line);
              writer.close();
            },
            '127.0.0.1',
            0,
          );
          const answers = await gather(
            ...Array.from({ length: 5 }, (__, number) => async () => {
              const [reader, writer] = await openConnection('127.0.0.1', portOf(server));
              for (let round = 0; round < 10; round++) {
                await sleep(0.001);
                expect(getRunningLoop()).toBe(loop);
                writer.write(Buffer.from(`${name} ${number}\n`));
                expect(String(await reader.readline())).toBe(`${name} ${number}\n`);
              }
              writer.close();
              await writer.waitClosed();
              return number;
            }),
          );
          server.close();
          await server.waitClosed();
          return [name, answers];
        }),
      ),
    );
    expect(trace).toEqual(backends.map(([name]) => [name, [0, 1, 2, 3, 4]]));
    expect(openSockets()).toEqual(before);
  });

  it('of different backends connect to each other', async () => {
    const ports: Record<string, number> = {};
    const ready = new Latch();
    const through = new Latch();
    const serving = backends.map(([name, makeLoop]) =>
      inLoop(makeLoop, async () => {
        const server = await startServer(
          async (reader, writer) => {
            writer.write(Buffer.from(`${name} heard ${String(await reader.read())}`));
            writer.close();
          },
          '127.0.0.1',
          0,
        );
        ports[name] = portOf(server);
        if (Object.keys(ports).length === backends.length) ready.open();
        await through.opened;
        server.close();
        await server.waitClosed();
      }),
    );
    await ready.opened;
    for (const [name, makeLoop] of backends) {
      for (const [other] of backends) {
        const heard = await inLoop(makeLoop, async () => {
          const [reader, writer] = await openConnection('127.0.0.1', ports[other]);
          writer.write(Buffer.from(name));
          writer.writeEof();
          const answer = String(await reader.read());
          writer.close();
          await writer.waitClosed();
          return answer;
        });
        expect(heard).toBe(`${other} heard ${name}`);
      }
    }
    through.open();
    await Promise.all(serving);
  });
});
