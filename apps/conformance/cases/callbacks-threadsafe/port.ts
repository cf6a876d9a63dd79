// callSoonThreadsafe() shares one queue with callSoon().
import { newEventLoop } from '@loop/core';
import type { Print } from '../../src/print.ts';

export async function callbacks(print: Print): Promise<void> {
  function tick() {
    print('tick');
    loop.callSoonThreadsafe(print, 'threadsafe from a callback');
    loop.callSoon(print, 'soon from a callback');
    loop.callSoonThreadsafe(() => loop.stop());
  }

  const loop = newEventLoop();
  loop.setDebug(true);
  loop.callSoonThreadsafe(print, 'hello');
  loop.callSoon(print, 'world');
  const handle = loop.callSoonThreadsafe(print, 'cancelled');
  handle.cancel();
  loop.callSoon(tick);
  await loop.runForever();
  loop.close();
}
