// A task that waits for a condition among others, cancelled at each of its iterations.
import {
  Condition,
  createTask,
  type EventLoop,
  type Future,
  newEventLoop,
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

  function* other(name: string) {
    using _ = yield* condition.acquire();
    log(`${name} waits`);
    yield* condition.wait();
    log(`${name} notified`);
    yield* sleep(0);
  }

  function* notifier() {
    for (let n = 0; n < 4; n++) {
      yield* sleep(0);
      using _ = yield* condition.acquire();
      log('notify');
      condition.notify();
      yield* sleep(0);
    }
  }

  function* work() {
    const others = [start(other('a')), start(notifier())];
    try {
      {
        using _ = yield* condition.acquire();
        try {
          yield* condition.wait();
          log('work notified');
        } finally {
          log(condition.locked() ? 'held' : 'not held');
        }
      }
      yield* sleep(0);
      return 'result';
    } finally {
      const last = start(other('b'));
      yield* wait(others);
      last.cancel();
      yield* wait([last]);
      log(last.cancelled() ? 'b cancelled' : 'b done');
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
  let condition: Condition;
  for (let steps = 0; steps < 14; steps++) {
    now = 0;
    events = [];
    tasks = [];
    condition = new Condition();
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
    using _ = await condition.acquire();
    log(`${name} waits`);
    await condition.wait();
    log(`${name} notified`);
    await sleep(0);
  }

  async function notifier() {
    for (let n = 0; n < 4; n++) {
      await sleep(0);
      using _ = await condition.acquire();
      log('notify');
      condition.notify();
      await sleep(0);
    }
  }

  async function work() {
    const others = [start(() => other('a')), start(() => notifier())];
    try {
      {
        using _ = await condition.acquire();
        try {
          await condition.wait();
          log('work notified');
        } finally {
          log(condition.locked() ? 'held' : 'not held');
        }
      }
      await sleep(0);
      return 'result';
    } finally {
      const last = start(() => other('b'));
      await wait(others);
      last.cancel();
      await wait([last]);
      log(last.cancelled() ? 'b cancelled' : 'b done');
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
  let condition: Condition;
  for (let steps = 0; steps < 14; steps++) {
    now = 0;
    events = [];
    tasks = [];
    condition = new Condition();
    loop = newEventLoop();
    loop.callSoon(tick);
    await loop.runUntilComplete(() => main(steps));
    loop.close();
    print(steps, ...events);
  }
}
