// A task that puts and gets among others, cancelled at each of its iterations.
import {
  createTask,
  type EventLoop,
  type Future,
  newEventLoop,
  Queue,
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

  function* producer() {
    for (let item = 0; item < 4; item++) {
      yield* queue.put(item);
      log(`put${item}`);
    }
  }

  function* consumer() {
    for (let n = 0; n < 2; n++) {
      log(`other got${yield* queue.get()}`);
      yield* sleep(0);
    }
  }

  function* work() {
    const others = [start(producer()), start(consumer())];
    try {
      for (let n = 0; n < 2; n++) {
        log(`got${yield* queue.get()}`);
      }
      yield* queue.put('last');
      return 'result';
    } finally {
      yield* wait(others, { timeout: 0 });
      for (const task of others) task.cancel();
      yield* wait(others);
      log(`left${queue.qsize()}`);
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
  let queue: Queue<number | string>;
  for (let steps = 0; steps < 10; steps++) {
    now = 0;
    events = [];
    tasks = [];
    queue = new Queue<number | string>(1);
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

  async function producer() {
    for (let item = 0; item < 4; item++) {
      await queue.put(item);
      log(`put${item}`);
    }
  }

  async function consumer() {
    for (let n = 0; n < 2; n++) {
      log(`other got${await queue.get()}`);
      await sleep(0);
    }
  }

  async function work() {
    const others = [start(() => producer()), start(() => consumer())];
    try {
      for (let n = 0; n < 2; n++) {
        log(`got${await queue.get()}`);
      }
      await queue.put('last');
      return 'result';
    } finally {
      await wait(others, { timeout: 0 });
      for (const task of others) task.cancel();
      await wait(others);
      log(`left${queue.qsize()}`);
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
  let queue: Queue<number | string>;
  for (let steps = 0; steps < 10; steps++) {
    now = 0;
    events = [];
    tasks = [];
    queue = new Queue<number | string>(1);
    loop = newEventLoop();
    loop.callSoon(tick);
    await loop.runUntilComplete(() => main(steps));
    loop.close();
    print(steps, ...events);
  }
}
