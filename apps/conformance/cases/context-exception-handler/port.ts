// The exception handler runs in the context of the handle or task that is concerned.
import {
  ContextVar,
  type EventLoop,
  type ExceptionContext,
  newEventLoop,
  sleep,
  ValueError,
} from '@loop/core';
import type { Print } from '../../src/print.ts';

export async function generator(print: Print): Promise<void> {
  function handler(_loop: EventLoop, context: ExceptionContext) {
    print('handler', variable.get(), context.message?.split(' ')[0]);
  }

  function fails() {
    variable.set('callback');
    throw new ValueError('x');
  }

  function* suspended() {
    variable.set('task');
    yield* sleep(0);
  }

  const variable = new ContextVar<string>('variable');
  variable.set('outside');
  const loop = newEventLoop();
  loop.setExceptionHandler(handler);
  loop.callSoon(fails);
  loop.callLater(0, fails);
  const task = loop.createTask(suspended());
  await loop.runUntilComplete(task);
  loop.callExceptionHandler({ message: 'task named', task });
  loop.callExceptionHandler({ message: 'future named', future: task });
  loop.callExceptionHandler({ message: 'plain future named', future: loop.createFuture() });
  loop.callExceptionHandler({ message: 'nothing named' });
  loop.close();
}

export async function asynchronous(print: Print): Promise<void> {
  function handler(_loop: EventLoop, context: ExceptionContext) {
    print('handler', variable.get(), context.message?.split(' ')[0]);
  }

  function fails() {
    variable.set('callback');
    throw new ValueError('x');
  }

  async function suspended() {
    variable.set('task');
    await sleep(0);
  }

  const variable = new ContextVar<string>('variable');
  variable.set('outside');
  const loop = newEventLoop();
  loop.setExceptionHandler(handler);
  loop.callSoon(fails);
  loop.callLater(0, fails);
  const task = loop.createTask(() => suspended());
  await loop.runUntilComplete(task);
  loop.callExceptionHandler({ message: 'task named', task });
  loop.callExceptionHandler({ message: 'future named', future: task });
  loop.callExceptionHandler({ message: 'plain future named', future: loop.createFuture() });
  loop.callExceptionHandler({ message: 'nothing named' });
  loop.close();
}
