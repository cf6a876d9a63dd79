// The eager part runs in the task's own copy of the context.
import { ContextVar, copyContext, newEventLoop, sleep, Task } from '@loop/core';
import type { Print } from '../../src/print.ts';

export async function generator(print: Print): Promise<void> {
  function* child() {
    print('child', variable.get());
    variable.set('child');
    yield* sleep(0);
    print('child', variable.get());
  }

  function* main() {
    variable.set('main');
    let task = new Task(child(), { loop, eagerStart: true });
    print('main', variable.get());
    variable.set('changed by main');
    yield* task;
    const context = copyContext();
    task = new Task(child(), { loop, eagerStart: true, context });
    print('main', variable.get(), 'given', context.get(variable));
    yield* task;
  }

  const variable = new ContextVar<string>('variable');
  const loop = newEventLoop();
  await loop.runUntilComplete(main);
  loop.close();
}

export async function asynchronous(print: Print): Promise<void> {
  async function child() {
    print('child', variable.get());
    variable.set('child');
    await sleep(0);
    print('child', variable.get());
  }

  async function main() {
    variable.set('main');
    let task = new Task(() => child(), { loop, eagerStart: true });
    print('main', variable.get());
    variable.set('changed by main');
    await task;
    const context = copyContext();
    task = new Task(() => child(), { loop, eagerStart: true, context });
    print('main', variable.get(), 'given', context.get(variable));
    await task;
  }

  const variable = new ContextVar<string>('variable');
  const loop = newEventLoop();
  await loop.runUntilComplete(main);
  loop.close();
}
