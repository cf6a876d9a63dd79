// The document's hello world: a callback that prints and stops the loop.
import { type EventLoop, newEventLoop } from '@loop/core';
import type { Print } from '../../src/print.ts';

export async function callbacks(print: Print): Promise<void> {
  function helloWorld(loop: EventLoop) {
    print('Hello World');
    loop.stop();
  }

  const loop = newEventLoop();
  loop.callSoon(helloWorld, loop);
  try {
    await loop.runForever();
  } finally {
    loop.close();
  }
}
