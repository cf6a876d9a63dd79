/** Prints `Hello World` from a callback, which then stops the loop. */
import { newEventLoop, type EventLoop } from '@loop/core';

function helloWorld(loop: EventLoop): void {
  console.log('Hello World');
  loop.stop();
}

const loop = newEventLoop();
loop.callSoon(helloWorld, loop);
try {
  await loop.runForever();
} finally {
  loop.close();
}
