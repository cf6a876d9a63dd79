import type { Future } from '../src/future/future.ts';
import { operation } from '../src/task/operation.ts';
import type { Coroutine } from '../src/task/task-body.ts';

/**
 * A coroutine that can be run in both styles: it waits with `yield* wait(future)`, where one style
 * has `await future` and the other `yield* future`.
 */
export type Script<T> = Generator<Future | typeof TURN, T, unknown>;

const TURN = Symbol('turn');

/** `await future` or `yield* future`. */
export function* wait<T>(future: Future<T>): Script<T> {
  return (yield future) as T;
}

/** Gives control up for one iteration. */
export function* turn(): Script<void> {
  yield TURN;
}

/** Awaits `future`, and gives what that throws. */
export function* thrownBy(future: Future<never> | Future): Script<unknown> {
  try {
    yield* wait(future as Future);
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}

/** One of the two ways to write a coroutine. */
export interface Style {
  readonly style: string;
  /** Makes the body of a task. */
  readonly body: <T>(script: () => Script<T>) => () => PromiseLike<T> | Coroutine<T>;
}

/** Both ways, for `describe.each(styles)('... ($style)', ({ body }) => ...)`. */
export const styles: readonly Style[] = [
  {
    style: 'generator',
    body: (script) =>
      function* () {
        return yield* asGenerator(script());
      },
  },
  { style: 'async', body: (script) => async () => await asAsync(script()) },
];

function* asGenerator<T>(script: Script<T>): Coroutine<T> {
  let step = script.next();
  while (step.done !== true) {
    let value: unknown;
    try {
      if (step.value === TURN) yield;
      else value = yield* step.value;
    } catch (error) {
      step = script.throw(error);
      continue;
    }
    step = script.next(value);
  }
  return step.value;
}

async function asAsync<T>(script: Script<T>): Promise<T> {
  let step = script.next();
  while (step.done !== true) {
    let value: unknown;
    try {
      value = await (step.value === TURN ? operation(oneTurn) : step.value);
    } catch (error) {
      step = script.throw(error);
      continue;
    }
    step = script.next(value);
  }
  return step.value;
}

function* oneTurn(): Coroutine<void> {
  yield;
}
