// Timers are equal if time, callback, arguments and state are.
import { newEventLoop } from '@loop/core';
import { className, type Print } from '../../src/print.ts';

export async function callbacks(print: Print): Promise<void> {
  const loop = newEventLoop();
  const callback = (..._args: unknown[]) => {};
  const a = loop.callAt(123, callback, 1);
  const b = loop.callAt(123, callback, 1);
  const otherArgs = loop.callAt(123, callback, 2);
  const later = loop.callAt(124, callback, 1);
  print('equal', a.equals(b), a.equals(otherArgs), a.equals(later));
  print('order', a.compare(later) < 0, later.compare(a) < 0, a.compare(b) < 0);
  a.cancel();
  print('one cancelled', a.equals(b));
  b.cancel();
  print('both cancelled', a.equals(b));
  print('foreign', a.equals(123));
  try {
    a.compare(123 as never);
  } catch (error) {
    print(className(error));
  }
  loop.close();
}
