// reset() throws the waiters out and leaves the barrier usable; abort() breaks it until reset().
import { Barrier, createTask, gather, run, RuntimeError, sleep, wait } from '@loop/core';
import { className, type Print } from '../../src/print.ts';

export async function generator(print: Print): Promise<void> {
  function* party(name: string) {
    try {
      yield* barrier.wait();
      print(name, 'through');
    } catch (error) {
      print(name, className(error), error instanceof RuntimeError);
    }
  }

  function* main() {
    let tasks = ['a', 'b'].map((name) => createTask(party(name)));
    yield* sleep(0);
    yield* barrier.reset();
    yield* wait(tasks);
    print('broken', barrier.broken, barrier.nWaiting);
    yield* gather(party('c'), party('d'), party('e'));
    tasks = [createTask(party('f'))];
    yield* sleep(0);
    yield* barrier.abort();
    yield* wait(tasks);
    print('broken', barrier.broken);
    yield* party('g');
    yield* barrier.reset();
    print('broken', barrier.broken);
    yield* gather(party('h'), party('i'), party('j'));
  }

  const barrier = new Barrier(3);
  await run(main);
}

export async function asynchronous(print: Print): Promise<void> {
  async function party(name: string) {
    try {
      await barrier.wait();
      print(name, 'through');
    } catch (error) {
      print(name, className(error), error instanceof RuntimeError);
    }
  }

  async function main() {
    let tasks = ['a', 'b'].map((name) => createTask(() => party(name)));
    await sleep(0);
    await barrier.reset();
    await wait(tasks);
    print('broken', barrier.broken, barrier.nWaiting);
    await gather(
      () => party('c'),
      () => party('d'),
      () => party('e'),
    );
    tasks = [createTask(() => party('f'))];
    await sleep(0);
    await barrier.abort();
    await wait(tasks);
    print('broken', barrier.broken);
    await party('g');
    await barrier.reset();
    print('broken', barrier.broken);
    await gather(
      () => party('h'),
      () => party('i'),
      () => party('j'),
    );
  }

  const barrier = new Barrier(3);
  await run(main);
}
