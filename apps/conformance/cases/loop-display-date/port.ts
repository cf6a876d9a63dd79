// The document's clock: five lines, a second apart.
import type { EventLoop } from '@loop/core';
import type { Print } from '../../src/print.ts';
import { virtualLoop } from '../../src/virtual-loop.ts';

export async function callbacks(print: Print): Promise<void> {
  function displayDate(endTime: number, loop: EventLoop) {
    print((loop.time() - start).toFixed(1));
    if (loop.time() + 1 < endTime) loop.callLater(1, displayDate, endTime, loop);
    else loop.stop();
  }

  const loop = virtualLoop();
  const start = loop.time();
  const endTime = loop.time() + 5;
  loop.callSoon(displayDate, endTime, loop);
  try {
    await loop.runForever();
  } finally {
    loop.close();
  }
}
