// Awaiting what is finished, future, task or coroutine, lets no other callback run.
import { gather, newEventLoop, sleep, ValueError } from '@loop/core';
import { repr, type Print } from '../../src/print.ts';

export async function generator(print: Print): Promise<void> {
  function tick(n: number) {
    print('tick', n);
    if (n < 3) loop.callSoon(tick, n + 1);
  }

  function* child() {
    return 'coroutine';
  }

  function* main() {
    const future = loop.createFuture<string>();
    future.setResult('future');
    const task = loop.createTask(child());
    yield* task;
    loop.callSoon(tick, 1);
    print(yield* future);
    print(yield* task, 'of a task');
    print(yield* child());
    print(yield* gather());
    const failed = loop.createFuture();
    failed.setException(new ValueError('x'));
    try {
      yield* failed;
    } catch (error) {
      print(repr(error));
    }
    print('first suspension');
    yield* sleep(0);
    print('main');
    yield* sleep(0);
  }

  const loop = newEventLoop();
  await loop.runUntilComplete(main);
  loop.close();
}

export async function asynchronous(print: Print): Promise<void> {
  function tick(n: number) {
    print('tick', n);
    if (n < 3) loop.callSoon(tick, n + 1);
  }

  async function child() {
    return 'coroutine';
  }

  async function main() {
    const future = loop.createFuture<string>();
    future.setResult('future');
    const task = loop.createTask(() => child());
    await task;
    loop.callSoon(tick, 1);
    print(await future);
    print(await task, 'of a task');
    print(await child());
    print(await gather());
    const failed = loop.createFuture();
    failed.setException(new ValueError('x'));
    try {
      await failed;
    } catch (error) {
      print(repr(error));
    }
    print('first suspension');
    await sleep(0);
    print('main');
    await sleep(0);
  }

  const loop = newEventLoop();
  await loop.runUntilComplete(main);
  loop.close();
}
