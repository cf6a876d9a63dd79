// A handle tells the context that its callback runs in: the very object that was given.
import { Context, ContextVar, newEventLoop } from '@loop/core';
import type { Print } from '../../src/print.ts';

export async function callbacks(print: Print): Promise<void> {
  function report() {
    print('callback', variable.get('unset'));
    variable.set('from the callback');
  }

  const variable = new ContextVar<string>('variable');
  const loop = newEventLoop();
  const context = new Context();
  context.run(() => variable.set('in the context'));
  const given = loop.callSoon({ context }, report);
  variable.set('outside');
  const copied = loop.callLater(0, report);
  print(given.getContext() === context, copied.getContext() === context);
  print(given.getContext().get(variable), copied.getContext().get(variable));
  loop.callSoon({ context }, report);
  loop.callLater(0, () => loop.stop());
  await loop.runForever();
  print(context.get(variable), variable.get());
  loop.close();
}
