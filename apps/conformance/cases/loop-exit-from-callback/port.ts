// SystemExit leaves the run at once; the rest of the batch and the task wait for the next run.
import { newEventLoop, sleep, SystemExit } from '@loop/core';
import type { Print } from '../../src/print.ts';

export async function generator(print: Print): Promise<void> {
  function leave() {
    print('leaving');
    throw new SystemExit(3);
  }

  function* worker() {
    print('worker started');
    yield* sleep(0);
    print('worker finished');
  }

  const loop = newEventLoop();
  loop.setExceptionHandler(() => print('handler'));
  const task = loop.createTask(worker());
  loop.callSoon(leave);
  loop.callSoon(print, 'behind it in the batch');
  try {
    await loop.runUntilComplete(task);
  } catch (error) {
    if (!(error instanceof SystemExit)) throw error;
    print('SystemExit', error.code, loop.isRunning(), loop.isClosed());
  }
  print('worker done', task.done());
  loop.callSoon(print, 'queued between the runs');

  function tick(n: number) {
    print('tick', n);
    if (n === 4) loop.stop();
    else loop.callSoon(tick, n + 1);
  }

  loop.callSoon(tick, 1);
  await loop.runForever();
  print('worker done', task.done());
  loop.close();
}

export async function asynchronous(print: Print): Promise<void> {
  function leave() {
    print('leaving');
    throw new SystemExit(3);
  }

  async function worker() {
    print('worker started');
    await sleep(0);
    print('worker finished');
  }

  const loop = newEventLoop();
  loop.setExceptionHandler(() => print('handler'));
  const task = loop.createTask(() => worker());
  loop.callSoon(leave);
  loop.callSoon(print, 'behind it in the batch');
  try {
    await loop.runUntilComplete(task);
  } catch (error) {
    if (!(error instanceof SystemExit)) throw error;
    print('SystemExit', error.code, loop.isRunning(), loop.isClosed());
  }
  print('worker done', task.done());
  loop.callSoon(print, 'queued between the runs');

  function tick(n: number) {
    print('tick', n);
    if (n === 4) loop.stop();
    else loop.callSoon(tick, n + 1);
  }

  loop.callSoon(tick, 1);
  await loop.runForever();
  print('worker done', task.done());
  loop.close();
}
