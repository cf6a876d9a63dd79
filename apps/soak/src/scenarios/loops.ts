import { AsyncResource } from 'node:async_hooks';
import { Worker } from 'node:worker_threads';
import {
  cancelOnAbort,
  currentTask,
  EventLoop,
  getRunningLoop,
  run,
  shield,
  sleep,
} from '@loop/core';
import { openConnection, ProactorEventLoop, SelectorEventLoop } from '@loop/net';
import { expectBytes, expectEqual, type Scenario, Surprise } from '../scenario.ts';

/** No loop is running where this was made. */
const outside = new AsyncResource('soak');

const loops = {
  default: () => new EventLoop(),
  selector: () => new SelectorEventLoop(),
  proactor: () => new ProactorEventLoop(),
};

/** Runs `body` on a loop beside this one, and cancels it there when the calling task is. */
async function beside(loopFactory: () => EventLoop, body: () => Promise<void>): Promise<void> {
  const { signal } = currentTask()!;
  const main = async (): Promise<void> => {
    void cancelOnAbort(currentTask()!, signal);
    await body();
  };
  const ended = new Promise<void>((resolve, reject) => {
    const start = (): void => void run(main, { loopFactory }).then(resolve, reject);
    outside.runInAsyncScope(setImmediate, null, start);
  });
  try {
    await ended;
  } finally {
    await ended.catch(() => undefined);
  }
}

export const loopScenarios: readonly Scenario[] = [
  {
    name: 'loop beside this one',
    weight: 3,
    async run({ loop, tcpPort }, random) {
      const sent = random.bytes(random.size(100_000));
      await beside(loops[random.pick(['default', 'selector', 'proactor'] as const)], async () => {
        if (getRunningLoop() === loop) throw new Surprise('the loop beside is the same');
        await sleep(random.next() / 100);
        const [reader, writer] = await openConnection('127.0.0.1', tcpPort);
        try {
          writer.write(sent);
          expectBytes(await reader.readexactly(sent.length), sent, 'echo to another loop');
        } finally {
          writer.close();
        }
        await writer.waitClosed();
      });
      expectEqual(getRunningLoop(), loop, 'the loop after another one');
    },
  },
  {
    name: 'loop of a worker',
    weight: 1,
    async run({ loop, tcpPort }, random) {
      // A thread that loads everything takes a second: few of them.
      if (!random.chance(0.1)) return;
      const worker = new Worker(new URL('../loop-of-worker.mjs', import.meta.url), {
        workerData: { port: tcpPort, rounds: random.integer(1, 200) },
        execArgv: ['--conditions=@loop/source'],
      });
      const ended = loop.createFuture<string>();
      const settle = (how: string): void => void (ended.done() || ended.setResult(how));
      // Ended while it loads, a thread of Node leaves the files open that it was reading.
      const loaded = loop.createFuture<void>();
      const cut = random.chance(0.3) ? random.next() / 10 : null;
      worker.on('message', (message: string) => {
        if (message !== 'loaded') settle(message);
        else if (!loaded.done()) loaded.setResult();
      });
      worker.once('error', (error) => {
        if (!loaded.done()) loaded.setResult();
        settle(String(error));
      });
      try {
        await shield(loaded);
        if (cut !== null) loop.callLater(cut, settle, 'is to be ended');
        const how = await ended;
        if (how !== 'all came back' && how !== 'is to be ended') throw new Surprise(how);
      } finally {
        await loaded;
        await worker.terminate();
      }
    },
  },
];
