import type { Future } from '../future/future.ts';

/** A generator coroutine: it waits with `yield* future`, and gives up control with a bare `yield`. */
export type Coroutine<T> = Generator<unknown, T, unknown>;

/** What becomes a task: a generator coroutine, or a function that makes one or is async. */
export type TaskBody<T> = Coroutine<T> | (() => PromiseLike<T> | Coroutine<T>);

/** What a task can wait for. */
export type Awaitable<T> = Future<T> | PromiseLike<T> | TaskBody<T>;

const GeneratorFunction = Object.getPrototypeOf(function* () {}) as object;

// Every generator function has a prototype, and so a hidden class, of its own: with functions that
// are made anew each time, looking for the methods by name costs more than the task itself.
const NativeGenerator = function () {};
NativeGenerator.prototype = (GeneratorFunction as { readonly prototype: object }).prototype;
const AsyncFunction = Object.getPrototypeOf(async () => {}) as object;

/** Whether `value` is a coroutine object: a generator, or an object with its methods. */
export function isCoroutine(value: unknown): value is Coroutine<unknown> {
  if (value instanceof NativeGenerator) return true;
  if (typeof value !== 'object' || value === null || Symbol.asyncIterator in value) {
    return false;
  }
  const { next, throw: raise, return: close } = value as Partial<Coroutine<unknown>>;
  return typeof next === 'function' && typeof raise === 'function' && typeof close === 'function';
}

/** Whether `value` is a function that is declared as a coroutine: `async` or `function*`. */
export function isCoroutineFunction(
  value: unknown,
): value is (...args: never[]) => PromiseLike<unknown> | Coroutine<unknown> {
  return typeof value === 'function' && (isAsyncFunction(value) || isGeneratorFunction(value));
}

export function isGeneratorFunction(value: unknown): value is () => Coroutine<unknown> {
  return typeof value === 'function' && Object.getPrototypeOf(value) === GeneratorFunction;
}

export function isAsyncFunction(value: unknown): value is () => Promise<unknown> {
  return typeof value === 'function' && Object.getPrototypeOf(value) === AsyncFunction;
}

export function isPromiseLike(value: unknown): value is PromiseLike<unknown> {
  return (
    (typeof value === 'object' || typeof value === 'function') &&
    value !== null &&
    'then' in value &&
    typeof value.then === 'function'
  );
}
