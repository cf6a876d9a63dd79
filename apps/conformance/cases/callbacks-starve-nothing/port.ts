// A callback that reschedules itself for ever does not keep a timer from running.
import { EventLoop } from '@loop/core';
import type { Print } from '../../src/print.ts';

class SlowLoop extends EventLoop {
  now = 0;
  override time() {
    return this.now;
  }
}

export async function callbacks(print: Print): Promise<void> {
  function again() {
    count += 1;
    loop.now += 0.25;
    loop.callSoon(again);
  }

  function timer() {
    print('timer behind', count, 'callbacks');
    loop.stop();
  }

  let count = 0;
  const loop = new SlowLoop();
  loop.callLater(1, timer);
  loop.callSoon(again);
  await loop.runForever();
  loop.close();
}
