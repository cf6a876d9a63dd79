// A closed loop drops what was pending and refuses new work.
import { newEventLoop } from '@loop/core';
import { repr, type Print } from '../../src/print.ts';

export async function generator(print: Print): Promise<void> {
  function* coroutine() {
    print('never printed');
  }

  function closeIt() {
    try {
      loop.close();
    } catch (error) {
      print(repr(error), loop.isClosed(), loop.isRunning());
    }
  }

  const loop = newEventLoop();
  loop.callSoon(closeIt);
  loop.callSoon(() => loop.stop());
  await loop.runForever();
  loop.callSoon(print, 'never printed');
  loop.callLater(0, print, 'never printed');
  print('closed', loop.isClosed());
  loop.close();
  print('closed', loop.isClosed());
  loop.close();
  print('closed', loop.isClosed());

  const operations = {
    run_forever: () => loop.runForever(),
    run_until_complete: () => loop.runUntilComplete(coroutine),
    call_soon: () => loop.callSoon(print),
    call_soon_threadsafe: () => loop.callSoonThreadsafe(print),
    call_later: () => loop.callLater(1, print),
    call_at: () => loop.callAt(1, print),
    create_task: () => loop.createTask(coroutine()),
  };
  for (const [name, operation] of Object.entries(operations)) {
    try {
      await operation();
    } catch (error) {
      print(name, repr(error));
    }
  }
  print('still answer', loop.isRunning(), loop.getDebug(), loop.time() >= 0);
  let future = loop.createFuture<number>();
  future.setResult(1);
  print('future', future.result());
  future = loop.createFuture<number>();
  future.addDoneCallback(print);
  try {
    future.setResult(2);
  } catch (error) {
    print(repr(error), future.result());
  }
}

export async function asynchronous(print: Print): Promise<void> {
  async function coroutine() {
    print('never printed');
  }

  function closeIt() {
    try {
      loop.close();
    } catch (error) {
      print(repr(error), loop.isClosed(), loop.isRunning());
    }
  }

  const loop = newEventLoop();
  loop.callSoon(closeIt);
  loop.callSoon(() => loop.stop());
  await loop.runForever();
  loop.callSoon(print, 'never printed');
  loop.callLater(0, print, 'never printed');
  print('closed', loop.isClosed());
  loop.close();
  print('closed', loop.isClosed());
  loop.close();
  print('closed', loop.isClosed());

  const operations = {
    run_forever: () => loop.runForever(),
    run_until_complete: () => loop.runUntilComplete(coroutine),
    call_soon: () => loop.callSoon(print),
    call_soon_threadsafe: () => loop.callSoonThreadsafe(print),
    call_later: () => loop.callLater(1, print),
    call_at: () => loop.callAt(1, print),
    create_task: () => loop.createTask(() => coroutine()),
  };
  for (const [name, operation] of Object.entries(operations)) {
    try {
      await operation();
    } catch (error) {
      print(name, repr(error));
    }
  }
  print('still answer', loop.isRunning(), loop.getDebug(), loop.time() >= 0);
  let future = loop.createFuture<number>();
  future.setResult(1);
  print('future', future.result());
  future = loop.createFuture<number>();
  future.addDoneCallback(print);
  try {
    future.setResult(2);
  } catch (error) {
    print(repr(error), future.result());
  }
}
