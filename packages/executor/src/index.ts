import './register.ts';

// Running functions elsewhere
export { toThread } from './to-thread.ts';
export {
  moduleFunction,
  type Job,
  type ModuleFunction,
  type Offloadable,
  type Transferable,
} from './offloadable.ts';
export { ThreadPoolExecutor, type ThreadPoolOptions } from './thread-pool-executor.ts';
export { InterpreterPoolExecutor } from './interpreter-pool-executor.ts';
export { ProcessPoolExecutor, type ProcessPoolOptions } from './process-pool-executor.ts';
export type { PoolOptions } from './pool-options.ts';
export { transfer } from './transfer.ts';
export { travelling } from './travelling-variables.ts';
export { registerErrorClass } from './remote-error.ts';

// Errors
export {
  BrokenExecutor,
  BrokenInterpreterPool,
  BrokenProcessPool,
  BrokenThreadPool,
  ExecutionFailed,
  NotShareableError,
  RemoteTraceback,
} from './errors.ts';

// For authors of executors
export { Executor, type ShutdownOptions } from './executor.ts';
export type { MapOptions } from './map-jobs.ts';
export { PoolFuture, type JobControl } from '@loop/core';

// Observing
export type { JobMessage } from './diagnostics.ts';
