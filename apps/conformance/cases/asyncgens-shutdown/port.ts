// shutdownAsyncgens() closes the generators that were begun and not finished.
import { newEventLoop, sleep, wrapFuture } from '@loop/core';
import type { Print } from '../../src/print.ts';

export async function generator(print: Print): Promise<void> {
  async function* counter(name: string) {
    try {
      yield 1;
      yield 2;
    } finally {
      await sleep(0);
      print(name, 'closed');
    }
  }

  function* main() {
    const begun = counter('begun');
    print('begun', (yield* wrapFuture(begun.next())).value);
    const finished = counter('finished');
    for (let next; !(next = yield* wrapFuture(finished.next())).done;) {
      print('finished', next.value);
    }
    kept.push(begun, finished, counter('never begun'));
    loop.callSoon(() => loop.stop());
    yield* loop.createFuture();
  }

  const kept: AsyncGenerator<number>[] = [];
  const loop = newEventLoop();
  const task = loop.createTask(main());
  try {
    await loop.runForever();
  } finally {
    print('shutting down');
    await loop.runUntilComplete(() => loop.shutdownAsyncgens());
    print('again');
    await loop.runUntilComplete(() => loop.shutdownAsyncgens());
    task.cancel();
    loop.callSoon(() => loop.stop());
    await loop.runForever();
    loop.close();
  }
  print(loop.isClosed(), task.cancelled());
}

export async function asynchronous(print: Print): Promise<void> {
  async function* counter(name: string) {
    try {
      yield 1;
      yield 2;
    } finally {
      await sleep(0);
      print(name, 'closed');
    }
  }

  async function main() {
    const begun = counter('begun');
    print('begun', (await begun.next()).value);
    const finished = counter('finished');
    for await (const value of finished) {
      print('finished', value);
    }
    kept.push(begun, finished, counter('never begun'));
    loop.callSoon(() => loop.stop());
    await loop.createFuture();
  }

  const kept: AsyncGenerator<number>[] = [];
  const loop = newEventLoop();
  const task = loop.createTask(() => main());
  try {
    await loop.runForever();
  } finally {
    print('shutting down');
    await loop.runUntilComplete(() => loop.shutdownAsyncgens());
    print('again');
    await loop.runUntilComplete(() => loop.shutdownAsyncgens());
    task.cancel();
    loop.callSoon(() => loop.stop());
    await loop.runForever();
    loop.close();
  }
  print(loop.isClosed(), task.cancelled());
}
