// The current loop is the running one, else the one that was set.
import { getEventLoop, newEventLoop, setEventLoop } from '@loop/core';
import { className, type Print } from '../../src/print.ts';

export async function generator(print: Print): Promise<void> {
  function* main() {
    print('running one wins', getEventLoop() === second);
    setEventLoop(null);
    print('unset while running', getEventLoop() === second);
    setEventLoop(first);
  }

  const first = newEventLoop();
  const second = newEventLoop();
  print('new', Object.is(first, second), first.isRunning(), first.isClosed());
  setEventLoop(first);
  print('set', getEventLoop() === first);
  await second.runUntilComplete(main);
  print('set', getEventLoop() === first);
  try {
    setEventLoop(5 as never);
  } catch (error) {
    print(className(error));
  }
  print('unchanged', getEventLoop() === first);
  setEventLoop(null);
  try {
    getEventLoop();
  } catch (error) {
    print(className(error));
  }
  first.close();
  second.close();
}

export async function asynchronous(print: Print): Promise<void> {
  async function main() {
    print('running one wins', getEventLoop() === second);
    setEventLoop(null);
    print('unset while running', getEventLoop() === second);
    setEventLoop(first);
  }

  const first = newEventLoop();
  const second = newEventLoop();
  print('new', Object.is(first, second), first.isRunning(), first.isClosed());
  setEventLoop(first);
  print('set', getEventLoop() === first);
  await second.runUntilComplete(main);
  print('set', getEventLoop() === first);
  try {
    setEventLoop(5 as never);
  } catch (error) {
    print(className(error));
  }
  print('unchanged', getEventLoop() === first);
  setEventLoop(null);
  try {
    getEventLoop();
  } catch (error) {
    print(className(error));
  }
  first.close();
  second.close();
}
