// callAt() takes a time of the loop's clock; a timer's handle knows its time.
import { Handle, TimerHandle } from '@loop/core';
import type { Print } from '../../src/print.ts';
import { virtualLoop } from '../../src/virtual-loop.ts';

export async function callbacks(print: Print): Promise<void> {
  function log(name: string) {
    print(Math.round(loop.time() - start), name);
  }

  const loop = virtualLoop();
  const start = loop.time();
  const at = loop.callAt(loop.time() + 2, log, 'at');
  const later = loop.callLater(1, log, 'later');
  print((at.when() - start).toFixed(1), (later.when() - start).toFixed(1));
  print(at instanceof TimerHandle, at instanceof Handle);
  loop.callAt(start - 5, log, 'in the past');
  loop.callAt(start + 3, () => loop.stop());
  await loop.runForever();
  later.cancel();
  print(
    (at.when() - start).toFixed(1),
    (later.when() - start).toFixed(1),
    at.cancelled(),
    later.cancelled(),
  );
  loop.close();
}
