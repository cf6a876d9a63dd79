import { PoolFuture } from '@loop/core';
import { BrokenInterpreterPool, ExecutionFailed, NotShareableError } from './errors.ts';
import type { Offloadable } from './offloadable.ts';
import { ThreadPoolExecutor } from './thread-pool-executor.ts';
import type { PoolKind } from './worker-pool.ts';

/**
 * A thread pool each of whose threads has an interpreter of its own: modules, globals and all. Here
 * every thread does; this class differs in its errors, as the reference's does.
 *
 * @see CPython `concurrent.futures.InterpreterPoolExecutor`
 */
export class InterpreterPoolExecutor extends ThreadPoolExecutor {
  /** @internal */
  override _submitWith<A extends readonly unknown[], R>(
    variables: Readonly<Record<string, unknown>> | null,
    func: Offloadable<A, R>,
    args: A,
  ): PoolFuture<Awaited<R>> {
    try {
      return super._submitWith(variables, func, args);
    } catch (error) {
      // What is bound or native fails its future here; what is no function at all is refused.
      if (!(error instanceof TypeError) || typeof func !== 'function') throw error;
      const future = new PoolFuture<Awaited<R>>();
      future.setException(new NotShareableError(error.message, { cause: error }));
      return future;
    }
  }

  /** @internal */
  override _kind(): Pick<PoolKind, 'broken' | 'jobFailed'> {
    return {
      broken: (message, cause) => new BrokenInterpreterPool(message, { cause }),
      jobFailed,
    };
  }
}

/** A closure cannot be shared; any other error says that it happened in its interpreter. */
function jobFailed(error: unknown): unknown {
  if (error instanceof ReferenceError && 'outerVariable' in error) {
    return new NotShareableError(error.message, { cause: error });
  }
  if (error instanceof Error) {
    error.cause = new ExecutionFailed(`${error.name}: ${error.message}`, { cause: error.cause });
  }
  return error;
}
