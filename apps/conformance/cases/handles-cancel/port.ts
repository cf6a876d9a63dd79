// A cancelled handle does not run, not even in the batch that cancels it.
import { newEventLoop } from '@loop/core';
import type { Print } from '../../src/print.ts';

export async function callbacks(print: Print): Promise<void> {
  function cancelThird() {
    print('first cancels third');
    third.cancel();
  }

  const loop = newEventLoop();
  const first = loop.callSoon(cancelThird);
  const second = loop.callSoon(print, 'second');
  const third = loop.callSoon(print, 'third');
  const fourth = loop.callSoon(print, 'fourth');
  print(fourth.cancelled(), fourth.cancel(), fourth.cancelled(), fourth.cancel(), fourth);
  const timer = loop.callAt(123, print);
  timer.cancel();
  print(timer);
  loop.callSoon(() => loop.stop());
  await loop.runForever();
  print(first.cancelled(), second.cancelled(), third.cancelled(), fourth.cancelled());
  second.cancel();
  print('cancelled afterwards', second.cancelled());
  loop.close();
}
