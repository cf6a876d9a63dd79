/**
 * Prints `Hello World` from a callback.
 *
 * What to see: one line, and the program ends. `callSoon` schedules the callback before the loop runs;
 * `stop` lets `runForever` return after the present iteration.
 */
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
