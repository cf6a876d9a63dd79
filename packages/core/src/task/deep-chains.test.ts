import { describe, expect, it } from 'vitest';
import { styles, thrownBy, turn, wait } from '../../test/coroutine-styles.ts';
import { CancelledError } from '../error/errors.ts';
import type { Future } from '../future/future.ts';
import { getRunningLoop } from '../loop/running-loop.ts';
import { runVirtual } from '../testing/run-virtual.ts';
import { createTask } from './create-task.ts';
import { operation } from './operation.ts';

// The stack holds about 10,000 frames.
const LENGTH = 20_000;

type Link = (previous: Future<number>) => Future<number>;

/** So many futures, each of which waits for the one before. */
function chain(first: Future<number>, link: Link, length = LENGTH): Future<number>[] {
  const links: Future<number>[] = [];
  for (let last = first; links.length < length; links.push(last)) last = link(last);
  return links;
}

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
