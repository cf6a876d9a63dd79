// A done callback runs in a copy of the context of its registration, or in the one that is
// given.
import { Context, ContextVar, newEventLoop, sleep } from '@loop/core';
import type { Print } from '../../src/print.ts';

export async function generator(print: Print): Promise<void> {
  function callback() {
    print('callback', variable.get());
    variable.set('from the callback');
  }

  function* main() {
    const future = loop.createFuture<null>();
    variable.set('first registration');
    future.addDoneCallback(callback);
    variable.set('second registration');
    future.addDoneCallback(callback);
    const context = new Context();
    context.run(() => variable.set('given'));
    future.addDoneCallback(callback, { context });
    variable.set('main');
    loop.callSoon(() => future.setResult(null));
    yield* future;
    yield* sleep(0);
    print('awaiting task', variable.get(), context.get(variable));
    variable.set('finished future');
    future.addDoneCallback(callback);
    variable.set('main again');
    yield* sleep(0);
    print('task', variable.get());
  }

  const variable = new ContextVar<string>('variable');
  const loop = newEventLoop();
  await loop.runUntilComplete(main);
  loop.close();
}

export async function asynchronous(print: Print): Promise<void> {
  function callback() {
    print('callback', variable.get());
    variable.set('from the callback');
  }

  async function main() {
    const future = loop.createFuture<null>();
    variable.set('first registration');
    future.addDoneCallback(callback);
    variable.set('second registration');
    future.addDoneCallback(callback);
    const context = new Context();
    context.run(() => variable.set('given'));
    future.addDoneCallback(callback, { context });
    variable.set('main');
    loop.callSoon(() => future.setResult(null));
    await future;
    await sleep(0);
    print('awaiting task', variable.get(), context.get(variable));
    variable.set('finished future');
    future.addDoneCallback(callback);
    variable.set('main again');
    await sleep(0);
    print('task', variable.get());
  }

  const variable = new ContextVar<string>('variable');
  const loop = newEventLoop();
  await loop.runUntilComplete(main);
  loop.close();
}
