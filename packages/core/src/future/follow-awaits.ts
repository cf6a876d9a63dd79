import { storedScope } from '../loop/scope.ts';
import { Future } from './future.ts';

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
}
