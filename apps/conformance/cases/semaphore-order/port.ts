// A semaphore lets n in, and the others in their order, however the permits come back.
import { createTask, gather, run, Semaphore, sleep, wait } from '@loop/core';
import { className, type Print } from '../../src/print.ts';

export async function generator(print: Print): Promise<void> {
  function* worker(name: string) {
    using _ = yield* semaphore.acquire();
    print(name, 'enters');
    yield* sleep(0);
    print(name, 'leaves');
  }

  function* taker(name: string) {
    yield* semaphore.acquire();
    print(name, 'took one');
  }

  function* main() {
    try {
      print(new Semaphore(-1));
    } catch (error) {
      print(className(error));
    }
    yield* gather(...['a', 'b', 'c', 'd', 'e'].map((name) => worker(name)));
    print('locked:', semaphore.locked());
    yield* semaphore.acquire();
    yield* semaphore.acquire();
    print('locked:', semaphore.locked());
    const tasks = ['f', 'g', 'h'].map((name) => createTask(taker(name)));
    yield* sleep(0);
    semaphore.release();
    semaphore.release();
    print('released two, locked:', semaphore.locked());
    tasks.push(createTask(taker('newcomer')));
    yield* wait(tasks.slice(0, 2));
    print(tasks.map((task) => task.done()));
    semaphore.release();
    tasks[2]?.cancel();
    yield* wait(tasks);
    print(tasks.map((task) => task.cancelled()));
    for (let n = 0; n < 5; n++) semaphore.release();
    for (let n = 0; n < 5; n++) yield* semaphore.acquire();
    print('above n, locked:', semaphore.locked());
  }

  const semaphore = new Semaphore(2);
  await run(main);
}

export async function asynchronous(print: Print): Promise<void> {
  async function worker(name: string) {
    using _ = await semaphore.acquire();
    print(name, 'enters');
    await sleep(0);
    print(name, 'leaves');
  }

  async function taker(name: string) {
    await semaphore.acquire();
    print(name, 'took one');
  }

  async function main() {
    try {
      print(new Semaphore(-1));
    } catch (error) {
      print(className(error));
    }
    await gather(...['a', 'b', 'c', 'd', 'e'].map((name) => () => worker(name)));
    print('locked:', semaphore.locked());
    await semaphore.acquire();
    await semaphore.acquire();
    print('locked:', semaphore.locked());
    const tasks = ['f', 'g', 'h'].map((name) => createTask(() => taker(name)));
    await sleep(0);
    semaphore.release();
    semaphore.release();
    print('released two, locked:', semaphore.locked());
    tasks.push(createTask(() => taker('newcomer')));
    await wait(tasks.slice(0, 2));
    print(tasks.map((task) => task.done()));
    semaphore.release();
    tasks[2]?.cancel();
    await wait(tasks);
    print(tasks.map((task) => task.cancelled()));
    for (let n = 0; n < 5; n++) semaphore.release();
    for (let n = 0; n < 5; n++) await semaphore.acquire();
    print('above n, locked:', semaphore.locked());
  }

  const semaphore = new Semaphore(2);
  await run(main);
}
