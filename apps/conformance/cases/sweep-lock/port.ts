// A task that waits for a lock among others, cancelled at each of its iterations.
import {
  createTask,
  type EventLoop,
  type Future,
  Lock,
  newEventLoop,
  sleep,
  type Task,
  type TaskBody,
  wait,
} from '@loop/core';
import { className, type Print } from '../../src/print.ts';

export async function generator(print: Print): Promise<void> {
  function tick() {
    now += 1;
    loop.callSoon(tick);
  }

  function log(text: string) {
    events.push(`${now}:${text}`);
  }

  function start<T>(body: TaskBody<T>) {
    const task = createTask(body);
    tasks.push(task);
    return task;
  }

  function* other(name: string) {
    using _ = yield* lock.acquire();
    log(`${name} has it`);
    yield* sleep(0);
    log(`${name} leaves`);
  }

  function* work() {
    const first = start(other('a'));
    yield* sleep(0);
    let last: Task<void> | undefined;
    try {
      {
        using _ = yield* lock.acquire();
        log('work has it');
        last = start(other('b'));
        yield* sleep(0);
        log('work leaves');
      }
      yield* other('work again');
      return 'result';
    } finally {
      last ??= start(other('c'));
      yield* wait([first, last]);
      log(lock.locked() ? 'held' : 'free');
    }
  }

  function* main(steps: number) {
    const task = start<string>(work);
    for (let n = 0; n < steps; n++) yield* sleep(0);
    log(task.cancel('now') ? 'cancel' : 'too late');
    try {
      log(yield* task);
    } catch (error) {
      log(className(error));
    }
    for (const other of tasks) other.cancel();
    yield* wait(tasks);
  }

  let loop: EventLoop;
  let now: number;
  let events: string[];
  let tasks: Future[];
  let lock: Lock;
  for (let steps = 0; steps < 12; steps++) {
    now = 0;
    events = [];
    tasks = [];
    lock = new Lock();
    loop = newEventLoop();
    loop.callSoon(tick);
    await loop.runUntilComplete(main(steps));
    loop.close();
    print(steps, ...events);
  }
}

export async function asynchronous(print: Print): Promise<void> {
  function tick() {
    now += 1;
    loop.callSoon(tick);
  }

  function log(text: string) {
    events.push(`${now}:${text}`);
  }

  function start<T>(body: TaskBody<T>) {
    const task = createTask(body);
    tasks.push(task);
    return task;
  }

  async function other(name: string) {
    using _ = await lock.acquire();
    log(`${name} has it`);
    await sleep(0);
    log(`${name} leaves`);
  }

  async function work() {
    const first = start(() => other('a'));
    await sleep(0);
    let last: Task<void> | undefined;
    try {
      {
        using _ = await lock.acquire();
        log('work has it');
        last = start(() => other('b'));
        await sleep(0);
        log('work leaves');
      }
      await other('work again');
      return 'result';
    } finally {
      last ??= start(() => other('c'));
      await wait([first, last]);
      log(lock.locked() ? 'held' : 'free');
    }
  }

  async function main(steps: number) {
    const task = start<string>(work);
    for (let n = 0; n < steps; n++) await sleep(0);
    log(task.cancel('now') ? 'cancel' : 'too late');
    try {
      log(await task);
    } catch (error) {
      log(className(error));
    }
    for (const other of tasks) other.cancel();
    await wait(tasks);
  }

  let loop: EventLoop;
  let now: number;
  let events: string[];
  let tasks: Future[];
  let lock: Lock;
  for (let steps = 0; steps < 12; steps++) {
    now = 0;
    events = [];
    tasks = [];
    lock = new Lock();
    loop = newEventLoop();
    loop.callSoon(tick);
    await loop.runUntilComplete(() => main(steps));
    loop.close();
    print(steps, ...events);
  }
}
