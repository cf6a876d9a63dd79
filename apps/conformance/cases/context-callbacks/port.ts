// A callback runs in a copy of the context that was current when it was scheduled.
import { ContextVar, copyContext } from '@loop/core';
import type { Print } from '../../src/print.ts';
import { virtualLoop } from '../../src/virtual-loop.ts';

export async function callbacks(print: Print): Promise<void> {
  function callback(name: string) {
    print(name, variable.get());
    variable.set(`set by ${name}`);
  }

  const variable = new ContextVar<string>('variable');
  variable.set('at scheduling');
  const loop = virtualLoop();
  loop.callSoon(callback, 'soon');
  loop.callSoonThreadsafe(callback, 'threadsafe');
  loop.callLater(0, callback, 'later');
  loop.callAt(loop.time() + 1, callback, 'at');
  const context = copyContext();
  loop.callSoon({ context }, callback, 'given 1');
  loop.callLater({ context }, 2, callback, 'given 2');
  loop.callAt({ context }, loop.time() + 3, callback, 'given 3');
  variable.set('after scheduling');
  loop.callLater(4, () => loop.stop());
  await loop.runForever();
  print(variable.get(), context.get(variable));
  loop.close();
}
