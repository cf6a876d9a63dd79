import { describe, expect, it } from 'vitest';
import { countIterations } from '../../test/count-iterations.ts';
import { styles, thrownBy, turn, wait, type Style } from '../../test/coroutine-styles.ts';
import { createWebHost } from '../host/web-host.ts';
import type { Host } from '../host/host.ts';
import { EventLoop } from '../loop/event-loop.ts';
import { VirtualHost } from '../testing/virtual-host.ts';
import { createTask } from './create-task.ts';
import { currentTask } from './current-task.ts';
import { operation, runBody } from './operation.ts';

/** A host that can only say when microtasks are quiet: the batch pauses until then. */
class WithoutDrain extends VirtualHost {
  override get drain(): undefined {
    return undefined;
  }
}

const hosts: Array<[string, () => Host]> = [
  ['a host with drain', () => new VirtualHost()],
  ['a host without drain', () => new WithoutDrain()],
  ['the web host', () => createWebHost()],
];

/** Tasks, callbacks and operations side by side: every line with its iteration. */
async function traceOn(host: Host, { body }: Style): Promise<string[]> {
  const loop = new EventLoop({ host });
  const trace: string[] = [];
  await loop.runUntilComplete(
    body(function* () {
      const now = countIterations(loop);
      const log = (text: string): void => void trace.push(`${now()}: ${text}`);
      const future = loop.createFuture<string>();
      const worker = (name: string) =>
        createTask(
          body(function* () {
            const begins = currentTask();
            log(`${name} begins`);
            yield* turn();
            const result = yield* wait(
              operation(function* () {
                return yield* runBody(
                  async () =>
                    await operation(function* () {
                      return yield* future;
                    }),
                );
              }),
            );
            log(`${name} ${result} ${currentTask() === begins}`);
            yield* thrownBy(loop.createFuture());
            log(`${name} was cancelled`);
            return name;
          }),
        );
      const tasks = [worker('a'), worker('b')];
      for (const task of tasks) task.addDoneCallback(() => log('done callback'));
      log('created');
      yield* turn();
      loop.callSoon(() => log('callback 1'));
      yield* turn();
      future.setResult('result');
      loop.callSoon(() => log('callback 2'));
      yield* turn();
      log('main');
      for (const task of tasks) task.cancel();
      for (const task of tasks) log(`main got ${yield* wait(task)}`);
    }),
  );
  loop.close();
  return trace;
}

describe.each(styles)('the order of events ($style)', (style) => {
  it.each(hosts)('is the same on %s', async (_name, makeHost) => {
    expect(await traceOn(makeHost(), style)).toEqual([
      '0: created',
      '1: a begins',
      '1: b begins',
      '2: callback 1',
      '3: a result true',
      '3: b result true',
      '3: callback 2',
      '3: main',
      '4: a was cancelled',
      '4: b was cancelled',
      '5: done callback',
      '5: main got a',
      '5: main got b',
      '5: done callback',
    ]);
  });
});
