// run() takes its loop from the factory, and then leaves the current loop alone.
import { getEventLoop, getRunningLoop, newEventLoop, run, setEventLoop } from '@loop/core';
import type { Print } from '../../src/print.ts';

export async function generator(print: Print): Promise<void> {
  function factory() {
    print('factory');
    return made;
  }

  function* main() {
    return getRunningLoop() === made;
  }

  const made = newEventLoop();
  const current = newEventLoop();
  setEventLoop(current);
  print(await run(main, { loopFactory: factory }));
  print(made.isClosed(), getEventLoop() === current);
  setEventLoop(null);
  current.close();
}

export async function asynchronous(print: Print): Promise<void> {
  function factory() {
    print('factory');
    return made;
  }

  async function main() {
    return getRunningLoop() === made;
  }

  const made = newEventLoop();
  const current = newEventLoop();
  setEventLoop(current);
  print(await run(main, { loopFactory: factory }));
  print(made.isClosed(), getEventLoop() === current);
  setEventLoop(null);
  current.close();
}
