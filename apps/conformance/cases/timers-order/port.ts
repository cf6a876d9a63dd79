// Timers run in the order of their times, whatever the order of scheduling.
import type { Print } from '../../src/print.ts';
import { virtualLoop } from '../../src/virtual-loop.ts';

export async function callbacks(print: Print): Promise<void> {
  function log(name: string) {
    print((loop.time() - start).toFixed(2).replace(/0$/, ''), name);
  }

  const loop = virtualLoop();
  const start = loop.time();
  loop.callLater(-1, print, 'minus one');
  loop.callLater(-2, print, 'minus two');
  loop.callLater(3, log, 'three');
  loop.callLater(0.5, log, 'a half');
  loop.callLater(1, log, 'one');
  loop.callLater(4, () => loop.stop());
  loop.callLater(2.25, log, 'two and a quarter');
  await loop.runForever();
  loop.close();
}
