// A task that awaits a shielded one, cancelled at each of its iterations.
import {
  createTask,
  type EventLoop,
  type Future,
  newEventLoop,
  shield,
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

  function* leaf(name: string, steps: number) {
    try {
      for (let n = 0; n < steps; n++) {
        log(`${name}${n}`);
        yield* sleep(0);
      }
      return name;
    } catch (error) {
      log(`${name}!${(error as Error).message}`);
      yield* sleep(0);
      throw error;
    } finally {
      log(`${name}.`);
    }
  }

  function* work() {
    const task = start(leaf('a', 3));
    try {
      return yield* shield(task);
    } catch {
      log('shield left');
      return yield* task;
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
  for (let steps = 0; steps < 8; steps++) {
    now = 0;
    events = [];
    tasks = [];
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

  async function leaf(name: string, steps: number) {
    try {
      for (let n = 0; n < steps; n++) {
        log(`${name}${n}`);
        await sleep(0);
      }
      return name;
    } catch (error) {
      log(`${name}!${(error as Error).message}`);
      await sleep(0);
      throw error;
    } finally {
      log(`${name}.`);
    }
  }

  async function work() {
    const task = start(() => leaf('a', 3));
    try {
      return await shield(task);
    } catch {
      log('shield left');
      return await task;
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
  for (let steps = 0; steps < 8; steps++) {
    now = 0;
    events = [];
    tasks = [];
    loop = newEventLoop();
    loop.callSoon(tick);
    await loop.runUntilComplete(() => main(steps));
    loop.close();
    print(steps, ...events);
  }
}
