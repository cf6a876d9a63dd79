// Callbacks run once each, in order, one iteration behind the one that schedules them.
import { newEventLoop } from '@loop/core';
import type { Print } from '../../src/print.ts';

export async function callbacks(print: Print): Promise<void> {
  function log(name: string, ...args: unknown[]) {
    print(name, ...args);
  }

  function first() {
    print('first');
    loop.callSoon(log, 'scheduled by first');
    loop.callSoon(() => loop.stop());
  }

  const loop = newEventLoop();
  const handle = loop.callSoon(first);
  print('a handle', handle.cancelled());
  loop.callSoon(log, 'with arguments', 1, 'two', null);
  const same = loop.callSoon(log, 'twice');
  print('another handle', loop.callSoon(log, 'twice') === same);
  print('nothing has run');
  await loop.runForever();
  loop.close();
}
