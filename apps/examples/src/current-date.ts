/** Prints the date and time five times, one second apart: each call schedules the next. */
import { newEventLoop, type EventLoop } from '@loop/core';

function displayDate(endTime: number, loop: EventLoop): void {
  console.log(new Date().toISOString());
  if (loop.time() + 1 < endTime) loop.callLater(1, displayDate, endTime, loop);
  else loop.stop();
}

const loop = newEventLoop();
const endTime = loop.time() + 5;
loop.callSoon(displayDate, endTime, loop);
try {
  await loop.runForever();
} finally {
  loop.close();
}
