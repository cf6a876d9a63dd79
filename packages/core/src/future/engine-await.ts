// oxlint-disable-next-line typescript/unbound-method -- called with a function as `this`
const sourceOf = Function.prototype.toString;

// What the engine passes to `then` on behalf of `await`: the resolve function of a promise of its own.
const resolveSource = ((): string => {
  let source = '';
  void new Promise((resolve) => (source = sourceOf.call(resolve)));
  return source;
})();

/**
 * Whether `then` was called with the engine's own callbacks: by `await`, `Promise.all` or another
 * promise that adopts the future, and not by a user's `.then(callback)`, which waits for nothing.
 * Bound functions have the same source, but a name.
 */
export function isEngineAwait(
  onFulfilled: unknown,
  onRejected: unknown,
): onFulfilled is (value: unknown) => void {
  return (
    typeof onFulfilled === 'function' &&
    typeof onRejected === 'function' &&
    onFulfilled.name === '' &&
    sourceOf.call(onFulfilled) === resolveSource
  );
}
