// Timers that fall due in one iteration run in the order of their times.
import { EventLoop } from '@loop/core';
import type { Print } from '../../src/print.ts';

class SteppedLoop extends EventLoop {
  now = 0;
  override time() {
    return this.now;
  }
}

export async function callbacks(print: Print): Promise<void> {
  function timer(name: string, delay: number) {
    print(name);
    loop.callLater(delay, print, 'scheduled by', name);
  }

  function busy() {
    print('busy');
    loop.now += 10;
  }

  function later() {
    loop.now += 1;
    loop.callSoon(later);
  }

  const loop = new SteppedLoop();
  loop.callLater(3, timer, 'three', -3);
  loop.callLater(1, timer, 'one', -1);
  loop.callLater(2, timer, 'two', -2);
  loop.callSoon(busy);
  loop.callSoon(print, 'behind busy');
  loop.callSoon(later);
  loop.callLater(20, () => loop.stop());
  await loop.runForever();
  loop.close();
}
