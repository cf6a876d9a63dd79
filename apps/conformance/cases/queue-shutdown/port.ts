// A queue that is shut down takes no items, gives out those it has, and wakes who waits.
import { createTask, type Future, Queue, run, sleep, wait } from '@loop/core';
import { className, type Print } from '../../src/print.ts';

export async function generator(print: Print): Promise<void> {
  function* attempt(name: string, operation: () => Future) {
    try {
      print(name, yield* operation());
    } catch (error) {
      print(name, className(error));
    }
  }

  function* main() {
    const queue = new Queue<string>(1);
    queue.putNowait('kept');
    const putter = createTask(attempt('waiting put', () => queue.put('late')));
    yield* sleep(0);
    queue.shutdown();
    yield* putter;
    yield* attempt('put', () => queue.put('more'));
    try {
      queue.putNowait('more');
    } catch (error) {
      print('put_nowait', className(error));
    }
    yield* attempt('get', () => queue.get());
    yield* attempt('get', () => queue.get());
    const empty = new Queue<string>();
    const getters = ['getter a', 'getter b'].map((name) =>
      createTask(attempt(name, () => empty.get())),
    );
    yield* sleep(0);
    empty.shutdown();
    yield* wait(getters);
    const dropped = new Queue<number>();
    dropped.putNowait(1);
    dropped.putNowait(2);
    const joiner = createTask(attempt('join', () => dropped.join()));
    yield* sleep(0);
    dropped.shutdown(true);
    yield* joiner;
    print(dropped.qsize());
    yield* attempt('get', () => dropped.get());
  }

  await run(main);
}

export async function asynchronous(print: Print): Promise<void> {
  async function attempt(name: string, operation: () => Future) {
    try {
      print(name, await operation());
    } catch (error) {
      print(name, className(error));
    }
  }

  async function main() {
    const queue = new Queue<string>(1);
    queue.putNowait('kept');
    const putter = createTask(() => attempt('waiting put', () => queue.put('late')));
    await sleep(0);
    queue.shutdown();
    await putter;
    await attempt('put', () => queue.put('more'));
    try {
      queue.putNowait('more');
    } catch (error) {
      print('put_nowait', className(error));
    }
    await attempt('get', () => queue.get());
    await attempt('get', () => queue.get());
    const empty = new Queue<string>();
    const getters = ['getter a', 'getter b'].map((name) =>
      createTask(() => attempt(name, () => empty.get())),
    );
    await sleep(0);
    empty.shutdown();
    await wait(getters);
    const dropped = new Queue<number>();
    dropped.putNowait(1);
    dropped.putNowait(2);
    const joiner = createTask(() => attempt('join', () => dropped.join()));
    await sleep(0);
    dropped.shutdown(true);
    await joiner;
    print(dropped.qsize());
    await attempt('get', () => dropped.get());
  }

  await run(main);
}
