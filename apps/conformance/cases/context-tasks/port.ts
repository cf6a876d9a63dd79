// A task runs in a copy of its creator's context, or in the one that is given, which tasks may
// share.
import { ContextVar, copyContext, newEventLoop, sleep } from '@loop/core';
import type { Print } from '../../src/print.ts';

export async function generator(print: Print): Promise<void> {
  function* child(name: string) {
    print(name, 'starts with', variable.get());
    variable.set(`set by ${name}`);
    yield* sleep(0);
    print(name, 'goes on with', variable.get());
  }

  function* main() {
    variable.set('main');
    const first = loop.createTask(child('first'));
    variable.set('changed by main');
    const second = loop.createTask(child('second'));
    yield* first;
    yield* second;
    print('main', variable.get());
    const context = copyContext();
    const third = loop.createTask(child('third'), { context });
    const fourth = loop.createTask(child('fourth'), { context });
    print(third.getContext() === context, fourth.getContext() === context);
    yield* third;
    yield* fourth;
    print('main', variable.get(), 'shared', context.get(variable));
    yield* child('inline');
    print('main', variable.get());
  }

  const variable = new ContextVar<string>('variable');
  const loop = newEventLoop();
  await loop.runUntilComplete(main);
  print('outside', variable.get('unset'));
  loop.close();
}

export async function asynchronous(print: Print): Promise<void> {
  async function child(name: string) {
    print(name, 'starts with', variable.get());
    variable.set(`set by ${name}`);
    await sleep(0);
    print(name, 'goes on with', variable.get());
  }

  async function main() {
    variable.set('main');
    const first = loop.createTask(() => child('first'));
    variable.set('changed by main');
    const second = loop.createTask(() => child('second'));
    await first;
    await second;
    print('main', variable.get());
    const context = copyContext();
    const third = loop.createTask(() => child('third'), { context });
    const fourth = loop.createTask(() => child('fourth'), { context });
    print(third.getContext() === context, fourth.getContext() === context);
    await third;
    await fourth;
    print('main', variable.get(), 'shared', context.get(variable));
    await child('inline');
    print('main', variable.get());
  }

  const variable = new ContextVar<string>('variable');
  const loop = newEventLoop();
  await loop.runUntilComplete(main);
  print('outside', variable.get('unset'));
  loop.close();
}
