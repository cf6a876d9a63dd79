// An eager task runs inside createTask(); if it never suspends, it is done on return.
import { eagerTaskFactory, newEventLoop, sleep } from '@loop/core';
import type { Print } from '../../src/print.ts';

export async function generator(print: Print): Promise<void> {
  function* child(name: string) {
    print(name, 'runs');
    return `${name} result`;
  }

  function* main() {
    loop.setTaskFactory(eagerTaskFactory);
    loop.callSoon(print, 'callback queued before');
    const task = loop.createTask(child('first'));
    print('created', task.done());
    task.addDoneCallback((task) => print('done callback', task.result()));
    print('not called yet');
    print(yield* task);
    print(yield* loop.createTask(child('second')));
    yield* sleep(0);
    print('main ends');
  }

  const loop = newEventLoop();
  await loop.runUntilComplete(main);
  loop.close();
}

export async function asynchronous(print: Print): Promise<void> {
  async function child(name: string) {
    print(name, 'runs');
    return `${name} result`;
  }

  async function main() {
    loop.setTaskFactory(eagerTaskFactory);
    loop.callSoon(print, 'callback queued before');
    const task = loop.createTask(() => child('first'));
    print('created', task.done());
    task.addDoneCallback((task) => print('done callback', task.result()));
    print('not called yet');
    print(await task);
    print(await loop.createTask(() => child('second')));
    await sleep(0);
    print('main ends');
  }

  const loop = newEventLoop();
  await loop.runUntilComplete(main);
  loop.close();
}
