// A task that waits for a semaphore among others, cancelled at each of its iterations.
import {
  createTask,
  type EventLoop,
  type Future,
  newEventLoop,
  Semaphore,
  sleep,
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

  function* other(name: string, steps: number) {
    {
      using _ = yield* semaphore.acquire();
      log(`${name} in`);
      for (let n = 0; n < steps; n++) yield* sleep(0);
    }
    log(`${name} out`);
  }

  function* work() {
    const others = [start(other('a', 2)), start(other('b', 1))];
    yield* sleep(0);
    try {
      {
        using _ = yield* semaphore.acquire();
        log('work in');
        others.push(start(other('c', 1)));
        yield* sleep(0);
      }
      log('work out');
      return 'result';
    } finally {
      others.push(start(other('d', 0)));
      yield* wait(others);
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
  let semaphore: Semaphore;
  for (let steps = 0; steps < 10; steps++) {
    now = 0;
    events = [];
    tasks = [];
    semaphore = new Semaphore(2);
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

  async function other(name: string, steps: number) {
    {
      using _ = await semaphore.acquire();
      log(`${name} in`);
      for (let n = 0; n < steps; n++) await sleep(0);
    }
    log(`${name} out`);
  }

  async function work() {
    const others = [start(() => other('a', 2)), start(() => other('b', 1))];
    await sleep(0);
    try {
      {
        using _ = await semaphore.acquire();
        log('work in');
        others.push(start(() => other('c', 1)));
        await sleep(0);
      }
      log('work out');
      return 'result';
    } finally {
      others.push(start(() => other('d', 0)));
      await wait(others);
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
  let semaphore: Semaphore;
  for (let steps = 0; steps < 10; steps++) {
    now = 0;
    events = [];
    tasks = [];
    semaphore = new Semaphore(2);
    loop = newEventLoop();
    loop.callSoon(tick);
    await loop.runUntilComplete(() => main(steps));
    loop.close();
    print(steps, ...events);
  }
}
