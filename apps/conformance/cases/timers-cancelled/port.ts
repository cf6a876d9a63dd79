// Cancelled timers, few or many, disturb neither the live ones nor the waiting.
import type { Print } from '../../src/print.ts';
import { virtualLoop } from '../../src/virtual-loop.ts';

export async function callbacks(print: Print): Promise<void> {
  function log(n: number | string) {
    print(Math.round(loop.time() - start), n);
  }

  const loop = virtualLoop();
  const start = loop.time();
  loop.callLater(5, log, 'never printed').cancel();
  const handles = Array.from({ length: 300 }, (_, n) => loop.callLater(n + 10, log, n + 10));
  handles.forEach((handle, n) => {
    if (n % 50 !== 0) handle.cancel();
  });
  loop.callLater(400, () => loop.stop());
  await loop.runForever();
  print(handles.filter((handle) => handle.cancelled()).length);
  loop.close();
}
