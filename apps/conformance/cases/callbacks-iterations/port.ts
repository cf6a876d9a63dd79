// Due timers run behind the callbacks of their iteration, and what they schedule in the next
// one.
import type { Print } from '../../src/print.ts';
import { virtualLoop } from '../../src/virtual-loop.ts';

export async function callbacks(print: Print): Promise<void> {
  function tick(n: number) {
    print('tick', n);
    if (n === 4) loop.stop();
    else loop.callSoon(tick, n + 1);
  }

  function timer(n: number) {
    print('timer', n);
    if (n < 3) {
      loop.callLater(0, timer, n + 1);
      loop.callSoon(print, 'scheduled by timer', n);
    }
  }

  const loop = virtualLoop();
  loop.callLater(0, timer, 1);
  loop.callSoon(tick, 1);
  loop.callLater(-1, print, 'overdue timer');
  loop.callSoon(print, 'behind the tick');
  await loop.runForever();
  loop.close();
}
