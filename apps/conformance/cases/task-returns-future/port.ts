// A future that a coroutine returns is handed over as it is.
import { type Future, isFuture, newEventLoop } from '@loop/core';
import type { Print } from '../../src/print.ts';

export async function generator(print: Print): Promise<void> {
  function* returns<T>(value: T) {
    return value;
  }

  function* main() {
    const finished: Future = loop.createFuture();
    finished.setResult('inside');
    let result: unknown = yield* loop.createTask(returns(finished));
    print(isFuture(result), result === finished);
    result = yield* returns(finished);
    print(isFuture(result), result === finished);
  }

  const loop = newEventLoop();
  await loop.runUntilComplete(main);
  loop.close();
}

export async function asynchronous(print: Print): Promise<void> {
  async function returns<T>(value: T) {
    return value;
  }

  async function main() {
    const finished: Future = loop.createFuture();
    finished.setResult('inside');
    let result: unknown = await loop.createTask(() => returns(finished));
    print(isFuture(result), result === finished);
    result = await returns(finished);
    print(isFuture(result), result === finished);
  }

  const loop = newEventLoop();
  await loop.runUntilComplete(main);
  loop.close();
}
