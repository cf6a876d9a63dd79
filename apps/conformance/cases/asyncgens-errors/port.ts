// A generator that throws while it is closed is reported; the others are closed all the same.
import {
  type EventLoop,
  type ExceptionContext,
  newEventLoop,
  ValueError,
  wrapFuture,
} from '@loop/core';
import { repr, type Print } from '../../src/print.ts';

export async function generator(print: Print): Promise<void> {
  async function* counter(name: string, fails: boolean) {
    try {
      yield name;
    } finally {
      closed.push(name);
      // oxlint-disable-next-line no-unsafe-finally -- that is what this is about
      if (fails) throw new ValueError(name);
    }
  }

  function* main() {
    for (const name of ['a', 'b', 'c']) {
      const started = counter(name, name === 'b');
      kept.push(started);
      yield* wrapFuture(started.next());
    }
    print(yield* loop.shutdownAsyncgens());
  }

  function handler(_loop: EventLoop, context: ExceptionContext) {
    reports.push([repr(context.exception), context.asyncgen === kept[1]]);
  }

  const kept: AsyncGenerator<string>[] = [];
  const closed: string[] = [];
  const reports: unknown[] = [];
  const loop = newEventLoop();
  loop.setExceptionHandler(handler);
  await loop.runUntilComplete(main);
  print(closed.sort(), reports);
  loop.close();
}

export async function asynchronous(print: Print): Promise<void> {
  async function* counter(name: string, fails: boolean) {
    try {
      yield name;
    } finally {
      closed.push(name);
      // oxlint-disable-next-line no-unsafe-finally -- that is what this is about
      if (fails) throw new ValueError(name);
    }
  }

  async function main() {
    for (const name of ['a', 'b', 'c']) {
      const started = counter(name, name === 'b');
      kept.push(started);
      await started.next();
    }
    print(await loop.shutdownAsyncgens());
  }

  function handler(_loop: EventLoop, context: ExceptionContext) {
    reports.push([repr(context.exception), context.asyncgen === kept[1]]);
  }

  const kept: AsyncGenerator<string>[] = [];
  const closed: string[] = [];
  const reports: unknown[] = [];
  const loop = newEventLoop();
  loop.setExceptionHandler(handler);
  await loop.runUntilComplete(main);
  print(closed.sort(), reports);
  loop.close();
}
