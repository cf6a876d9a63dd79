// Attempts with a limit each, in a group, under a limit for all of them.
import {
  currentTask,
  ExceptionGroup,
  LookupError,
  sleep,
  TaskGroup,
  timeout,
  TimeoutError,
  ValueError,
} from '@loop/core';
import { repr, type Print } from '../../src/print.ts';
import { virtualLoop } from '../../src/virtual-loop.ts';

export async function generator(print: Print): Promise<void> {
  function now() {
    return (loop.time() - start).toFixed(1);
  }

  function* attempt(name: string, n: number) {
    print(name, 'attempt', n);
    yield* sleep(n * 2);
    if (n === 1) throw new ValueError(name);
    return `${name} after ${n}`;
  }

  function* retry(name: string, durations: readonly number[]) {
    for (const n of durations) {
      try {
        return yield* timeout(3, () => attempt(name, n));
      } catch (error) {
        if (error instanceof TimeoutError) print(name, 'took too long at', now());
        else if (error instanceof ValueError) print(repr(error), 'at', now());
        else throw error;
      }
    }
    throw new LookupError(name);
  }

  function* main() {
    yield* timeout(100, function* () {
      const { first, second } = yield* TaskGroup.run(function* (group) {
        const first = group.createTask(retry('first', [1, 2, 0.5]));
        const second = group.createTask(retry('second', [3, 1.25]));
        return { first, second };
      });
      print(first.result(), second.result());
    });
    try {
      yield* timeout(4, function* () {
        yield* TaskGroup.run(function* (group) {
          void group.createTask(retry('third', [1, 9, 9]));
        });
      });
    } catch (error) {
      print(repr(error), currentTask()?.cancelling());
    }
    try {
      yield* TaskGroup.run(function* (group) {
        void group.createTask(retry('fourth', [1]));
        void group.createTask(() => sleep(1000));
      });
    } catch (error) {
      if (!(error instanceof ExceptionGroup)) throw error;
      print(
        error.message,
        error.errors.map((e) => (e as Error).message),
        now(),
      );
    }
  }

  const loop = virtualLoop();
  const start = loop.time();
  await loop.runUntilComplete(main);
  loop.close();
}

export async function asynchronous(print: Print): Promise<void> {
  function now() {
    return (loop.time() - start).toFixed(1);
  }

  async function attempt(name: string, n: number) {
    print(name, 'attempt', n);
    await sleep(n * 2);
    if (n === 1) throw new ValueError(name);
    return `${name} after ${n}`;
  }

  async function retry(name: string, durations: readonly number[]) {
    for (const n of durations) {
      try {
        return await timeout(3, () => attempt(name, n));
      } catch (error) {
        if (error instanceof TimeoutError) print(name, 'took too long at', now());
        else if (error instanceof ValueError) print(repr(error), 'at', now());
        else throw error;
      }
    }
    throw new LookupError(name);
  }

  async function main() {
    await timeout(100, async () => {
      const { first, second } = await TaskGroup.run(async (group) => {
        const first = group.createTask(() => retry('first', [1, 2, 0.5]));
        const second = group.createTask(() => retry('second', [3, 1.25]));
        return { first, second };
      });
      print(first.result(), second.result());
    });
    try {
      await timeout(4, async () => {
        await TaskGroup.run(async (group) => {
          void group.createTask(() => retry('third', [1, 9, 9]));
        });
      });
    } catch (error) {
      print(repr(error), currentTask()?.cancelling());
    }
    try {
      await TaskGroup.run(async (group) => {
        void group.createTask(() => retry('fourth', [1]));
        void group.createTask(() => sleep(1000));
      });
    } catch (error) {
      if (!(error instanceof ExceptionGroup)) throw error;
      print(
        error.message,
        error.errors.map((e) => (e as Error).message),
        now(),
      );
    }
  }

  const loop = virtualLoop();
  const start = loop.time();
  await loop.runUntilComplete(main);
  loop.close();
}
