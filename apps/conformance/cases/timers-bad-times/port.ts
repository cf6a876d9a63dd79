// A time that is no number is refused.
import { newEventLoop } from '@loop/core';
import { className, type Print } from '../../src/print.ts';

export async function callbacks(print: Print): Promise<void> {
  const loop = newEventLoop();
  for (const schedule of [
    () => loop.callLater(null as never, print),
    () => loop.callAt(null as never, print),
    () => loop.callLater('1' as never, print),
  ]) {
    try {
      schedule();
    } catch (error) {
      print(className(error));
    }
  }
  loop.callSoon(() => loop.stop());
  await loop.runForever();
  loop.close();
}
