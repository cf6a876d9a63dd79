// A barrier lets n through at a time, each with its own index, again and again.
import { Barrier, createTask, run, sleep, wait } from '@loop/core';
import { className, type Print } from '../../src/print.ts';

export async function generator(print: Print): Promise<void> {
  function* party(name: string) {
    for (let n = 0; n < 2; n++) {
      const index = yield* barrier.wait();
      indices.push(index);
      print(name, 'round', n);
    }
  }

  function* main() {
    try {
      print(new Barrier(0));
    } catch (error) {
      print(className(error));
    }
    print(barrier.parties, barrier.nWaiting, barrier.broken);
    const tasks = ['a', 'b'].map((name) => createTask(party(name)));
    yield* sleep(0);
    print('waiting', barrier.nWaiting);
    tasks.push(createTask(party('c')));
    yield* wait(tasks);
    print(
      indices.sort((a, b) => a - b),
      barrier.nWaiting,
    );
    const waiter = createTask(() => barrier.wait());
    yield* sleep(0);
    waiter.cancel();
    yield* wait([waiter]);
    print('cancelled', waiter.cancelled(), barrier.nWaiting, barrier.broken);
  }

  const indices: number[] = [];
  const barrier = new Barrier(3);
  await run(main);
}

export async function asynchronous(print: Print): Promise<void> {
  async function party(name: string) {
    for (let n = 0; n < 2; n++) {
      const index = await barrier.wait();
      indices.push(index);
      print(name, 'round', n);
    }
  }

  async function main() {
    try {
      print(new Barrier(0));
    } catch (error) {
      print(className(error));
    }
    print(barrier.parties, barrier.nWaiting, barrier.broken);
    const tasks = ['a', 'b'].map((name) => createTask(() => party(name)));
    await sleep(0);
    print('waiting', barrier.nWaiting);
    tasks.push(createTask(() => party('c')));
    await wait(tasks);
    print(
      indices.sort((a, b) => a - b),
      barrier.nWaiting,
    );
    const waiter = createTask(() => barrier.wait());
    await sleep(0);
    waiter.cancel();
    await wait([waiter]);
    print('cancelled', waiter.cancelled(), barrier.nWaiting, barrier.broken);
  }

  const indices: number[] = [];
  const barrier = new Barrier(3);
  await run(main);
}
