// Debug mode can be switched, and run() forces it.
import { getRunningLoop, newEventLoop, run } from '@loop/core';
import type { Print } from '../../src/print.ts';

export async function generator(print: Print): Promise<void> {
  function* main() {
    const loop = getRunningLoop();
    print('running', loop.getDebug());
    loop.setDebug(!loop.getDebug());
    print('switched', loop.getDebug(), loop.slowCallbackDuration);
  }

  const loop = newEventLoop();
  print(loop.getDebug(), loop.slowCallbackDuration);
  loop.setDebug(true);
  print(loop.getDebug());
  loop.setDebug(false);
  print(loop.getDebug());
  loop.slowCallbackDuration = 5;
  print(loop.slowCallbackDuration);
  loop.close();
  await run(main, { debug: true });
  await run(main, { debug: false });
  await run(main);
}

export async function asynchronous(print: Print): Promise<void> {
  async function main() {
    const loop = getRunningLoop();
    print('running', loop.getDebug());
    loop.setDebug(!loop.getDebug());
    print('switched', loop.getDebug(), loop.slowCallbackDuration);
  }

  const loop = newEventLoop();
  print(loop.getDebug(), loop.slowCallbackDuration);
  loop.setDebug(true);
  print(loop.getDebug());
  loop.setDebug(false);
  print(loop.getDebug());
  loop.slowCallbackDuration = 5;
  print(loop.slowCallbackDuration);
  loop.close();
  await run(main, { debug: true });
  await run(main, { debug: false });
  await run(main);
}
