// stop() ends a run behind the batch that calls it.
import { newEventLoop } from '@loop/core';
import type { Print } from '../../src/print.ts';

export async function callbacks(print: Print): Promise<void> {
  function a() {
    print('A');
    loop.callSoon(print, 'C');
    loop.stop();
    loop.callSoon(print, 'D');
  }

  const loop = newEventLoop();
  loop.callSoon(a);
  loop.callSoon(print, 'B');
  print('run 1', await loop.runForever());
  loop.callSoon(() => loop.stop());
  print('run 2', await loop.runForever());
  loop.stop();
  loop.callSoon(print, 'queued before a stopped run');
  loop.callSoon(() => loop.callSoon(print, 'queued by it'));
  print('run 3', await loop.runForever());
  loop.callSoon(() => loop.stop());
  print('run 4', await loop.runForever());
  loop.close();
}
