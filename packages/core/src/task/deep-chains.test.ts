import { describe, expect, it } from 'vitest';
import { styles, thrownBy, turn, wait } from '../../test/coroutine-styles.ts';
import { gather } from '../combine/gather.ts';
import { sleep } from '../combine/sleep.ts';
import { CancelledError } from '../error/errors.ts';
import type { Future } from '../future/future.ts';
import { getRunningLoop } from '../loop/running-loop.ts';
import { runVirtual } from '../testing/run-virtual.ts';
import { createTask } from './create-task.ts';
import { operation } from './operation.ts';
import type { Task } from './task.ts';

// The stack holds about 10,000 frames.
const LENGTH = 20_000;

type Link = (previous: Future<number>) => Future<number>;

/** So many futures, each of which waits for the one before. */
function chain(first: Future<number>, link: Link, length = LENGTH): Future<number>[] {
  const links: Future<number>[] = [];
  for (let last = first; links.length < length; links.push(last)) last = link(last);
  return links;
}

const pending = (): Future<number> => getRunningLoop().createFuture<number>();

describe.each(styles)('20,000 that wait for one another ($style)', ({ style, body }) => {
  const task: Link = (previous) =>
    createTask(
      body(function* () {
        return (yield* wait(previous)) + 1;
      }),
    );
  const eagerTask: Link = (previous) =>
    createTask(
      body(function* () {
        return (yield* wait(previous)) + 1;
      }),
      { eagerStart: true },
    );
  const operationOfOne: Link = (previous) =>
    operation(function* () {
      return (yield* previous) + 1;
    });
  const links: Array<[string, Link]> = [
    ['tasks', task],
    ['eager tasks', eagerTask],
    ['operations', operationOfOne],
  ];

  it.each(links)('go on one after the other: %s', async (_what, link) => {
    await runVirtual(
      body(function* () {
        const first = getRunningLoop().createFuture<number>();
        const last = chain(first, link).at(-1) as Future<number>;
        yield* turn();
        first.setResult(0);
        expect(yield* wait(last)).toBe(LENGTH);
      }),
    );
  });

  it('go on though they are 100,000', async () => {
    await runVirtual(
      body(function* () {
        const first = getRunningLoop().createFuture<number>();
        const last = chain(first, task, 100_000).at(-1) as Future<number>;
        first.setResult(0);
        expect(yield* wait(last)).toBe(100_000);
      }),
    );
  });

  it.each(links)('are cancelled from the last to the first: %s', async (_what, link) => {
    await runVirtual(
      body(function* () {
        const first = getRunningLoop().createFuture<number>();
        const all = chain(first, link);
        yield* turn();
        yield* turn();
        all.at(-1)?.cancel();
        expect(first.cancelled()).toBe(true);
        expect(yield* thrownBy(all.at(-1) as Future<number>)).toBeInstanceOf(CancelledError);
        expect(all.every((future) => future.cancelled())).toBe(true);
      }),
    );
  });

  it('are cancelled where each gathers the one before', async () => {
    await runVirtual(
      body(function* () {
        const [first, beside] = [pending(), pending()];
        const link: Link = (previous) =>
          createTask(
            body(function* () {
              return (yield* wait(gather(previous, beside)))[0];
            }),
          );
        const all = chain(first, link);
        yield* turn();
        yield* turn();
        expect(all.at(-1)?.cancel('deep')).toBe(true);
        expect([first.cancelled(), beside.cancelled()]).toEqual([true, true]);
        expect(yield* thrownBy(all.at(-1) as Future<number>)).toMatchObject({ message: 'deep' });
        expect(all.every((future) => future.cancelled())).toBe(true);
      }),
    );
  });

  it.each(links)('fail with one error: %s', async (_what, link) => {
    await runVirtual(
      body(function* () {
        const error = new Error(style);
        const first = getRunningLoop().createFuture<number>();
        const all = chain(first, link);
        yield* turn();
        first.setException(error);
        expect(yield* thrownBy(all.at(-1) as Future<number>)).toBe(error);
      }),
    );
  });
});

describe('30,000 async functions that wait for one another by Promise.all', () => {
  const link =
    (beside: Future<number>): Link =>
    (previous) =>
      createTask(async () => (await Promise.all([previous, beside]))[0]);

  it('go on one after the other', async () => {
    await runVirtual(async () => {
      const [first, beside] = [pending(), pending()];
      const last = chain(first, link(beside), 30_000).at(-1) as Future<number>;
      await sleep(0);
      beside.setResult(0);
      first.setResult(1);
      expect(await last).toBe(1);
    });
  });

  it('are cancelled from the last to the first', async () => {
    await runVirtual(async () => {
      const [first, beside] = [pending(), pending()];
      const all = chain(first, link(beside), 30_000);
      await sleep(0);
      await sleep(0);
      expect(all.at(-1)?.cancel('deep')).toBe(true);
      expect([first.cancelled(), beside.cancelled()]).toEqual([true, true]);
      await expect(all.at(-1)).rejects.toMatchObject({ message: 'deep' });
      expect(all.every((future) => future.cancelled())).toBe(true);
    });
  });
});

describe.each(styles)('diamonds on top of one another ($style)', ({ body }) => {
  it('are cancelled though their paths are beyond counting', async () => {
    await runVirtual(
      body(function* () {
        const bottom = getRunningLoop().createFuture();
        const all: Task[] = [];
        const over = (below: readonly Future[]): Task => {
          const task = createTask(
            body(function* () {
              yield* wait(gather(...below));
            }),
          );
          all.push(task);
          return task;
        };
        let level: readonly Future[] = [bottom];
        for (let count = 0; count < 60; count += 1) level = [over(level), over(level)];
        const top = over(level);
        yield* turn();
        top.cancel();
        expect(bottom.cancelled()).toBe(true);
        expect(yield* thrownBy(top)).toBeInstanceOf(CancelledError);
        expect(all.every((task) => task.cancelled())).toBe(true);
      }),
    );
  });
});
