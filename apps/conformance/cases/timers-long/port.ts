// Delays of a month work, and one without end never fires.
import type { Print } from '../../src/print.ts';
import { virtualLoop } from '../../src/virtual-loop.ts';

export async function callbacks(print: Print): Promise<void> {
  function log(name: string) {
    print(Math.round(loop.time() - start), name);
  }

  const loop = virtualLoop();
  const start = loop.time();
  const endless = loop.callLater(Infinity, log, 'never');
  loop.callLater(2_592_000, log, 'thirty days');
  loop.callLater(86_401, log, 'a day and a second');
  loop.callLater(3, log, 'three seconds');
  loop.callLater(2_592_001, () => loop.stop());
  await loop.runForever();
  endless.cancel();
  print('cancelled', endless.cancelled(), endless.when() === Infinity);
  loop.close();
}
