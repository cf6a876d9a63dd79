// A task that waits at a barrier, cancelled at each of its iterations.
import {
  Barrier,
  BrokenBarrierError,
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

  function* party(name: string) {
    try {
      yield* barrier.wait();
      log(`${name} through`);
    } catch (error) {
      if (!(error instanceof BrokenBarrierError)) throw error;
      log(`${name} broken`);
    }
  }

  function* work() {
    const other = start(party('a'));
    try {
      yield* sleep(0);
      yield* barrier.wait();
      log('through');
      yield* sleep(0);
      return 'result';
    } finally {
      log(`waiting ${barrier.nWaiting}`);
      if (!other.done()) yield* barrier.abort();
      yield* other;
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
  let barrier: Barrier;
  for (let steps = 0; steps < 8; steps++) {
    now = 0;
    events = [];
    tasks = [];
    barrier = new Barrier(3);
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

  async function party(name: string) {
    try {
      await barrier.wait();
      log(`${name} through`);
    } catch (error) {
      if (!(error instanceof BrokenBarrierError)) throw error;
      log(`${name} broken`);
    }
  }

  async function work() {
    const other = start(() => party('a'));
    try {
      await sleep(0);
      await barrier.wait();
      log('through');
      await sleep(0);
      return 'result';
    } finally {
      log(`waiting ${barrier.nWaiting}`);
      if (!other.done()) await barrier.abort();
      await other;
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
  let barrier: Barrier;
  for (let steps = 0; steps < 8; steps++) {
    now = 0;
    events = [];
    tasks = [];
    barrier = new Barrier(3);
    loop = newEventLoop();
    loop.callSoon(tick);
    await loop.runUntilComplete(() => main(steps));
    loop.close();
    print(steps, ...events);
  }
}
