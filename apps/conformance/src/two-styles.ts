import type { Future, TaskBody } from '@loop/core';

/** A coroutine that is written once: `yield` stands for `await`, and `yield*` calls another one. */
export type Steps<T = void> = Generator<Future, T>;

/** Makes a task's body of such a coroutine, in one of the two styles. */
export type InStyle = <T>(steps: () => Steps<T>) => TaskBody<T>;

/** Each step is a `yield*` of a generator coroutine. */
export const inGenerator: InStyle = (steps) =>
  function* () {
    const running = steps();
    let step = running.next();
    while (step.done !== true) {
      let value: unknown;
      try {
        value = yield* step.value;
      } catch (error) {
        step = running.throw(error);
        continue;
      }
      step = running.next(value);
    }
    return step.value;
  };

/** Each step is an `await` of an async function. */
export const inAsyncFunction: InStyle = (steps) => async () => {
  const running = steps();
  let step = running.next();
  while (step.done !== true) {
    let value: unknown;
    try {
      value = await step.value;
    } catch (error) {
      step = running.throw(error);
      continue;
    }
    step = running.next(value);
  }
  return step.value;
};
