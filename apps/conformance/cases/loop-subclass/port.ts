// The library goes through a subclass's createFuture(), createTask() and time().
import {
  ensureFuture,
  EventLoop,
  gather,
  getRunningLoop,
  Queue,
  sleep,
  type TaskBody,
  type TaskOptions,
} from '@loop/core';
import type { Print } from '../../src/print.ts';

export async function generator(print: Print): Promise<void> {
  class Loop extends EventLoop {
    override createFuture<T>() {
      print('create_future');
      return super.createFuture<T>();
    }

    override createTask<T>(body: TaskBody<T>, options: TaskOptions & Record<string, unknown> = {}) {
      print('create_task');
      return super.createTask(body, options);
    }
  }

  function* child() {
    return 'child';
  }

  function* main() {
    const loop = getRunningLoop();
    yield* sleep(0);
    print('sleep');
    yield* sleep(0.001);
    print('ensure_future');
    print(yield* ensureFuture(child()));
    print('gather');
    print(yield* gather(child(), child()));
    print('queue');
    const queue = new Queue<string>();
    loop.callSoon(() => queue.putNowait('item'));
    print(yield* queue.get());
  }

  const loop = new Loop();
  await loop.runUntilComplete(main);
  loop.close();
}

export async function asynchronous(print: Print): Promise<void> {
  class Loop extends EventLoop {
    override createFuture<T>() {
      print('create_future');
      return super.createFuture<T>();
    }

    override createTask<T>(body: TaskBody<T>, options: TaskOptions & Record<string, unknown> = {}) {
      print('create_task');
      return super.createTask(body, options);
    }
  }

  async function child() {
    return 'child';
  }

  async function main() {
    const loop = getRunningLoop();
    await sleep(0);
    print('sleep');
    await sleep(0.001);
    print('ensure_future');
    print(await ensureFuture(() => child()));
    print('gather');
    print(
      await gather(
        () => child(),
        () => child(),
      ),
    );
    print('queue');
    const queue = new Queue<string>();
    loop.callSoon(() => queue.putNowait('item'));
    print(await queue.get());
  }

  const loop = new Loop();
  await loop.runUntilComplete(main);
  loop.close();
}
