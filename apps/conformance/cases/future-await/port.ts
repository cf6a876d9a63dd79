// A task resumes one iteration behind the future; awaiting a finished one does not give up
// control.
import { newEventLoop, sleep, ValueError } from '@loop/core';
import type { Print } from '../../src/print.ts';

export async function generator(print: Print): Promise<void> {
  function tick(n: number) {
    print('tick', n);
    if (n === 2) future.setResult('value');
    if (n < 5) loop.callSoon(tick, n + 1);
  }

  function* waiter(name: string) {
    print(name, 'waits');
    print(name, 'has', yield* future);
    print(name, 'has at once', yield* future);
  }

  function* fails(name: string) {
    try {
      yield* failed;
    } catch (error) {
      print(name, error === boom);
    }
    try {
      yield* failed;
    } catch (error) {
      print(name, 'again', error === boom);
    }
  }

  function* main() {
    loop.callSoon(tick, 1);
    let tasks = ['a', 'b', 'c'].map((name) => loop.createTask(waiter(name)));
    for (const task of tasks) yield* task;
    tasks = ['d', 'e'].map((name) => loop.createTask(fails(name)));
    yield* sleep(0);
    failed.setException(boom);
    for (const task of tasks) yield* task;
  }

  const boom = new ValueError('boom');
  const loop = newEventLoop();
  const future = loop.createFuture<string>();
  const failed = loop.createFuture<string>();
  await loop.runUntilComplete(main);
  loop.close();
}

export async function asynchronous(print: Print): Promise<void> {
  function tick(n: number) {
    print('tick', n);
    if (n === 2) future.setResult('value');
    if (n < 5) loop.callSoon(tick, n + 1);
  }

  async function waiter(name: string) {
    print(name, 'waits');
    print(name, 'has', await future);
    print(name, 'has at once', await future);
  }

  async function fails(name: string) {
    try {
      await failed;
    } catch (error) {
      print(name, error === boom);
    }
    try {
      await failed;
    } catch (error) {
      print(name, 'again', error === boom);
    }
  }

  async function main() {
    loop.callSoon(tick, 1);
    let tasks = ['a', 'b', 'c'].map((name) => loop.createTask(() => waiter(name)));
    for (const task of tasks) await task;
    tasks = ['d', 'e'].map((name) => loop.createTask(() => fails(name)));
    await sleep(0);
    failed.setException(boom);
    for (const task of tasks) await task;
  }

  const boom = new ValueError('boom');
  const loop = newEventLoop();
  const future = loop.createFuture<string>();
  const failed = loop.createFuture<string>();
  await loop.runUntilComplete(main);
  loop.close();
}
