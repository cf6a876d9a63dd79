/**
 * Prints the date and time once a second for five seconds.
 *
 * What to see: five lines. Each call schedules the next with `callLater`, and the last one stops the loop.
 */
import { newEventLoop, type EventLoop } from '@loop/core';

function displayDate(endTime: number, interval: number, loop: EventLoop): void {
  console.log(new Date().toISOString());
  if (loop.time() + interval < endTime) {
    loop.callLater(interval, displayDate, endTime, interval, loop);
  } else {
    loop.stop();
  }
}

/** Runs on `loop`, whose clock may be any: a test passes one with virtual time. */
export async function main(loop: EventLoop, duration = 5, interval = 1): Promise<void> {
  const endTime = loop.time() + duration;
  loop.callSoon(displayDate, endTime, interval, loop);
  try {
    await loop.runForever();
  } finally {
    loop.close();
  }
}

if (process.argv[1] === import.meta.filename) {
  const [duration, interval] = process.argv.slice(2).map(Number);
  await main(newEventLoop(), duration, interval);
}
