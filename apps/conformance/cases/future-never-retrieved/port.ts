// An error that nobody looked at is reported when its future is discarded, and only then.
import {
  type EventLoop,
  type ExceptionContext,
  type Future,
  newEventLoop,
  sleep,
  ValueError,
} from '@loop/core';
import { repr, type Print } from '../../src/print.ts';

export async function generator(print: Print): Promise<void> {
  function handler(_loop: EventLoop, context: ExceptionContext) {
    print(context.message, repr(context.exception));
  }

  function failed(text: string) {
    const future = loop.createFuture<string>();
    future.setException(new ValueError(text));
    return future;
  }

  function* fails(text: string) {
    throw new ValueError(text);
  }

  function* catchError(future: Future) {
    try {
      yield* future;
    } catch (error) {
      print('caught', repr(error));
    }
  }

  function* main() {
    const lookedAt = failed('looked at');
    print('looked at', repr(lookedAt.exception()));
    const cancelled = failed('cancelled afterwards');
    print('cancel', cancelled.cancel());
    const plain = loop.createFuture<string>();
    plain.setResult('plain');
    const forgotten = failed('forgotten');
    const forgottenTask = loop.createTask(fails('forgotten task'));
    yield* sleep(0);
    print('failed tasks are not reported yet', forgottenTask.done());
    kept.push(lookedAt, cancelled, plain, loop.createFuture());
    kept.push(forgotten, forgottenTask);
  }

  const kept: Future[] = [];
  const loop = newEventLoop();
  loop.setExceptionHandler(handler);
  await loop.runUntilComplete(catchError(failed('awaited')));
  await loop.runUntilComplete(main);
  print('closing');
  loop.close();
  kept.length = 0;
  print('discarded');
}

export async function asynchronous(print: Print): Promise<void> {
  function handler(_loop: EventLoop, context: ExceptionContext) {
    print(context.message, repr(context.exception));
  }

  function failed(text: string) {
    const future = loop.createFuture<string>();
    future.setException(new ValueError(text));
    return future;
  }

  async function fails(text: string) {
    throw new ValueError(text);
  }

  async function catchError(future: Future) {
    try {
      await future;
    } catch (error) {
      print('caught', repr(error));
    }
  }

  async function main() {
    const lookedAt = failed('looked at');
    print('looked at', repr(lookedAt.exception()));
    const cancelled = failed('cancelled afterwards');
    print('cancel', cancelled.cancel());
    const plain = loop.createFuture<string>();
    plain.setResult('plain');
    const forgotten = failed('forgotten');
    const forgottenTask = loop.createTask(() => fails('forgotten task'));
    await sleep(0);
    print('failed tasks are not reported yet', forgottenTask.done());
    kept.push(lookedAt, cancelled, plain, loop.createFuture());
    kept.push(forgotten, forgottenTask);
  }

  const kept: Future[] = [];
  const loop = newEventLoop();
  loop.setExceptionHandler(handler);
  await loop.runUntilComplete(() => catchError(failed('awaited')));
  await loop.runUntilComplete(main);
  print('closing');
  loop.close();
  kept.length = 0;
  print('discarded');
}
