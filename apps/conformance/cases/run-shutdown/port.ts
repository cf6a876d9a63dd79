// When main has ended, run() cancels what is left, waits for it, then closes async generators
// and the loop.
import {
  createTask,
  type EventLoop,
  getRunningLoop,
  run,
  sleep,
  type Task,
  wrapFuture,
} from '@loop/core';
import { repr, type Print } from '../../src/print.ts';
import { virtualLoop } from '../../src/virtual-loop.ts';

export async function generator(print: Print): Promise<void> {
  async function* counter() {
    try {
      yield 1;
      yield 2;
    } finally {
      await sleep(0);
      print('generator closed, loop closed:', loop.isClosed());
    }
  }

  function* leftover(name: string) {
    try {
      yield* sleep(1000);
    } catch (error) {
      print(name, repr(error));
      yield* sleep(1);
      print(name, 'cleaned up');
      throw error;
    }
  }

  function* main() {
    loop = getRunningLoop();
    tasks.push(createTask(leftover('leftover')));
    const started = counter();
    generators.push(started);
    print('generated', (yield* wrapFuture(started.next())).value);
    print('main ends');
    return 'result';
  }

  let loop: EventLoop;
  const tasks: Task<void>[] = [];
  const generators: AsyncGenerator<number>[] = [];
  print(await run(main, { loopFactory: virtualLoop }));
  print(
    loop!.isClosed(),
    tasks.map((task) => task.cancelled()),
  );
}

export async function asynchronous(print: Print): Promise<void> {
  async function* counter() {
    try {
      yield 1;
      yield 2;
    } finally {
      await sleep(0);
      print('generator closed, loop closed:', loop.isClosed());
    }
  }

  async function leftover(name: string) {
    try {
      await sleep(1000);
    } catch (error) {
      print(name, repr(error));
      await sleep(1);
      print(name, 'cleaned up');
      throw error;
    }
  }

  async function main() {
    loop = getRunningLoop();
    tasks.push(createTask(() => leftover('leftover')));
    const started = counter();
    generators.push(started);
    print('generated', (await started.next()).value);
    print('main ends');
    return 'result';
  }

  let loop: EventLoop;
  const tasks: Task<void>[] = [];
  const generators: AsyncGenerator<number>[] = [];
  print(await run(main, { loopFactory: virtualLoop }));
  print(
    loop!.isClosed(),
    tasks.map((task) => task.cancelled()),
  );
}
