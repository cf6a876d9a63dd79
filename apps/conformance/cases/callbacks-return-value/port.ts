// What a callback returns is ignored.
import { newEventLoop } from '@loop/core';
import type { Print } from '../../src/print.ts';

export async function callbacks(print: Print): Promise<void> {
  function returns() {
    print('returns');
    return 42;
  }

  function returnsFuture() {
    print('returns a future');
    return loop.createFuture();
  }

  const loop = newEventLoop();
  loop.callSoon(returns);
  loop.callSoon(returnsFuture);
  loop.callSoon(print, 'not waited for');
  loop.callSoon(() => loop.stop());
  await loop.runForever();
  loop.close();
}
