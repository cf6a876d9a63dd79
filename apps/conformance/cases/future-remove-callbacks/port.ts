// removeDoneCallback() removes every registration; callbacks may add and remove others.
import { type Future, newEventLoop } from '@loop/core';
import type { Print } from '../../src/print.ts';

export async function callbacks(print: Print): Promise<void> {
  function a() {
    print('a');
  }

  function b(future: Future) {
    print('b, removes', future.removeDoneCallback(c));
    future.addDoneCallback(d);
  }

  function c() {
    print('c');
  }

  function d() {
    print('d');
  }

  const loop = newEventLoop();
  const future = loop.createFuture();
  for (const callback of [a, b, a, c, a]) {
    future.addDoneCallback(callback);
  }
  print('removed', future.removeDoneCallback(a), future.removeDoneCallback(a));
  print('removed', future.removeDoneCallback(d));
  future.setResult(null);
  print('removed', future.removeDoneCallback(b));
  loop.callSoon(print, 'behind the callbacks');
  loop.callSoon(() => loop.callSoon(() => loop.stop()));
  await loop.runForever();
  loop.close();
}
