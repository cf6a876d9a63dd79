// A done callback that throws is reported; the others run and the future is unaffected.
import { type EventLoop, type ExceptionContext, newEventLoop, sleep, ValueError } from '@loop/core';
import { repr, type Print } from '../../src/print.ts';

export async function generator(print: Print): Promise<void> {
  function handler(_loop: EventLoop, context: ExceptionContext) {
    print('handler', context.message?.startsWith('Exception in callback'), repr(context.exception));
  }

  function fails() {
    throw new ValueError('from a callback');
  }

  function* main() {
    const future = loop.createFuture<string>();
    future.addDoneCallback(() => print('first'));
    future.addDoneCallback(fails);
    future.addDoneCallback(() => print('third'));
    future.setResult('unaffected');
    yield* sleep(0);
    return yield* future;
  }

  const loop = newEventLoop();
  loop.setExceptionHandler(handler);
  print(await loop.runUntilComplete(main));
  loop.close();
}

export async function asynchronous(print: Print): Promise<void> {
  function handler(_loop: EventLoop, context: ExceptionContext) {
    print('handler', context.message?.startsWith('Exception in callback'), repr(context.exception));
  }

  function fails() {
    throw new ValueError('from a callback');
  }

  async function main() {
    const future = loop.createFuture<string>();
    future.addDoneCallback(() => print('first'));
    future.addDoneCallback(fails);
    future.addDoneCallback(() => print('third'));
    future.setResult('unaffected');
    await sleep(0);
    return await future;
  }

  const loop = newEventLoop();
  loop.setExceptionHandler(handler);
  print(await loop.runUntilComplete(main));
  loop.close();
}
