import { RuntimeError } from '@loop/core';

/** A pool that lost a worker, or never got one: nothing can be submitted any more. */
export class BrokenExecutor extends RuntimeError {
  override readonly name: string = 'BrokenExecutor';
}

/** A thread pool whose worker died or whose initializer failed. */
export class BrokenThreadPool extends BrokenExecutor {
  override readonly name: string = 'BrokenThreadPool';
}

/** An interpreter pool whose worker died or whose initializer failed. */
export class BrokenInterpreterPool extends BrokenThreadPool {
  override readonly name: string = 'BrokenInterpreterPool';
}

/** A process pool whose process died or whose initializer failed. */
export class BrokenProcessPool extends BrokenExecutor {
  override readonly name: string = 'BrokenProcessPool';
}

/** A function or value that cannot go to another interpreter. */
export class NotShareableError extends TypeError {
  override readonly name: string = 'NotShareableError';
}

/** Why a job failed in its interpreter: the cause of the job's own error. */
export class ExecutionFailed extends RuntimeError {
  override readonly name: string = 'ExecutionFailed';
}

/** The stack of an error where it was thrown, in another thread or process. */
export class RemoteTraceback extends Error {
  override readonly name: string = 'RemoteTraceback';
}
