import { resumeStored, storedScope } from '../loop/scope.ts';
import { Future } from './future.ts';
import { isEngineAwait } from './engine-await.ts';
import { derivePromisesOf } from './settled-later.ts';

/**
 * For runtimes without async context. The engine calls `then` for an `await` in a microtask, when
 * nobody knows any more whose await it is; but it reads the property at once, while the function that
 * awaits is still running. So `then` becomes a getter there, which keeps the scope for the call.
 */
export function followAwaits(): void {
  void Object.defineProperty(Future.prototype, 'then', {
    configurable: true,
    get(this: Future) {
      const scope = storedScope();
      return (...callbacks: Parameters<Future['then']>) => this._thenIn(() => scope, ...callbacks);
    },
  });
  derivePromisesOf(FollowedPromise);
}

/**
 * What `then`, `catch` and `finally` of a future give there, and those of such a promise in turn. The
 * engine does not read `then` of a promise of its own class; of a subclass it does.
 */
class FollowedPromise<T> extends Promise<T> {
  // @ts-expect-error -- a getter in place of a method, for the same reason
  override get then(): Promise<T>['then'] {
    const scope = storedScope();
    return ((onFulfilled, onRejected) => {
      if (scope === undefined || !isEngineAwait(onFulfilled, onRejected)) {
        return super.then(onFulfilled, onRejected);
      }
      // What is returned counts: the callbacks of `finally` look as those of `await` do.
      const goingOn =
        <V, R>(callback: (value: V) => R) =>
        (value: V): R => {
          resumeStored(scope);
          return callback(value);
        };
      return super.then(
        goingOn(onFulfilled as (value: T) => never),
        goingOn(onRejected as (reason: unknown) => never),
      );
    }) as Promise<T>['then'];
  }
}
