import './register.ts';

// Running
export { run } from './run/run.ts';
export { Runner, type RunnerOptions } from './run/runner.ts';
export { getEventLoop, getRunningLoop, newEventLoop, setEventLoop } from './loop/running-loop.ts';
export {
  EventLoop,
  type EventLoopOptions,
  type ExceptionContext,
  type ExceptionHandler,
} from './loop/event-loop.ts';
export { AbstractEventLoop, type CallbackOptions } from './loop/abstract-event-loop.ts';
export { Handle, TimerHandle } from './loop/handle.ts';

// Futures and tasks
export { Future, type DoneCallback } from './future/future.ts';
export { ensureFuture } from './future/ensure-future.ts';
export { isFuture } from './future/is-future.ts';
export { wrapFuture } from './future/wrap-future.ts';
export { Task, type TaskOptions } from './task/task.ts';
export { createTask } from './task/create-task.ts';
export {
  isCoroutine,
  isCoroutineFunction,
  type Awaitable,
  type Coroutine,
  type TaskBody,
} from './task/task-body.ts';
export { allTasks, currentTask } from './task/current-task.ts';
export {
  createEagerTaskFactory,
  eagerTaskFactory,
  type TaskConstructor,
  type TaskFactory,
} from './task/eager-task.ts';

// Context
export { ContextVar, Token } from './context/context-var.ts';
export { Context, copyContext } from './context/context.ts';

// Errors
export {
  BrokenBarrierError,
  CancelledError,
  InvalidStateError,
  KeyboardInterrupt,
  KeyError,
  LookupError,
  NotImplementedError,
  QueueEmpty,
  QueueFull,
  QueueShutDown,
  RuntimeError,
  SystemExit,
  TimeoutError,
  ValueError,
} from './error/errors.ts';

// For extension authors
export { registerExtension } from './extension/register-extension.ts';
export { isRegistered, type Extension } from './extension/registry.ts';
export { perLoop } from './extension/per-loop.ts';
export { installPoller } from './extension/install-poller.ts';
export { createHandle, enqueueHandle } from './extension/enqueue-handle.ts';
export type { Poller } from './loop/poller.ts';
export { completed, operation, runBody } from './task/operation.ts';
export { enterTask, leaveTask } from './task/current-task.ts';
export type { Host, HostTimer, ScopeStorage, StoredScope } from './host/host.ts';
export { defaultHost } from './host/default-host.ts';
export { createWebHost } from './host/web-host.ts';
