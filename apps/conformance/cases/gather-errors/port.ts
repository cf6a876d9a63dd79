// gather() refuses what it cannot await, futures of two loops, and to run without a loop.
import { gather, newEventLoop } from '@loop/core';
import { className, type Print } from '../../src/print.ts';

export async function generator(print: Print): Promise<void> {
  function* child() {
    return 'child';
  }

  function* main() {
    try {
      yield* gather(loop.createFuture(), other.createFuture());
    } catch (error) {
      print(className(error));
    }
    try {
      yield* gather(5 as never);
    } catch (error) {
      print(className(error));
    }
    const finished = loop.createFuture<string>();
    finished.setResult('finished');
    const gathered = gather(finished, finished);
    print('main', yield* gathered);
  }

  const loop = newEventLoop();
  const other = newEventLoop();
  await loop.runUntilComplete(main);
  try {
    await gather(child());
  } catch (error) {
    print(className(error));
  }
  loop.close();
  other.close();
}

export async function asynchronous(print: Print): Promise<void> {
  async function child() {
    return 'child';
  }

  async function main() {
    try {
      await gather(loop.createFuture(), other.createFuture());
    } catch (error) {
      print(className(error));
    }
    try {
      await gather(5 as never);
    } catch (error) {
      print(className(error));
    }
    const finished = loop.createFuture<string>();
    finished.setResult('finished');
    const gathered = gather(finished, finished);
    print('main', await gathered);
  }

  const loop = newEventLoop();
  const other = newEventLoop();
  await loop.runUntilComplete(main);
  try {
    await gather(() => child());
  } catch (error) {
    print(className(error));
  }
  loop.close();
  other.close();
}
