import { runBody } from '../task/operation.ts';
import { isGeneratorFunction, type Coroutine, type TaskBody } from '../task/task-body.ts';

/** `runBody` for a body that takes an argument. */
export function* runWith<A, T>(
  body: ((argument: A) => PromiseLike<T> | Coroutine<T>) | TaskBody<T>,
  argument: A,
): Coroutine<T> {
  if (typeof body !== 'function') return yield* runBody(body);
  if (isGeneratorFunction(body)) return yield* (body as (given: A) => Coroutine<T>)(argument);
  return yield* runBody(() => body(argument));
}
