/// <reference lib="esnext.disposable" preserve="true" />
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

// Waiting for several things, and for a limited time
export { sleep } from './combine/sleep.ts';
export {
  gather,
  type GatherOptions,
  type Gathered,
  type GatheredOrErrors,
} from './combine/gather.ts';
export {
  ALL_COMPLETED,
  FIRST_COMPLETED,
  FIRST_EXCEPTION,
  wait,
  type ReturnWhen,
  type WaitOptions,
} from './combine/wait.ts';
export { waitFor } from './combine/wait-for.ts';
export {
  asCompleted,
  type AsCompleted,
  type AsCompletedIterator,
  type AsCompletedOptions,
} from './combine/as-completed.ts';
export { abortSignalOf, cancelOnAbort } from './task/abort-signals.ts';
export { shield } from './combine/shield.ts';
export { Timeout, timeout, timeoutAt, type TimeoutBody } from './combine/timeout.ts';
export { TaskGroup, type TaskGroupBody } from './combine/task-group.ts';

// Synchronisation between tasks
export { Lock } from './sync/lock.ts';
export type { LockGuard } from './sync/lock-guard.ts';
export { Event } from './sync/event.ts';
export { Condition } from './sync/condition.ts';
export { BoundedSemaphore, Semaphore } from './sync/semaphore.ts';
export { Barrier } from './sync/barrier.ts';
export { Queue, type QueueIterator } from './sync/queue.ts';
export type { ItemStore } from './sync/item-store.ts';
export { PriorityQueue, type PriorityQueueOptions } from './sync/priority-queue.ts';
export { LifoQueue } from './sync/lifo-queue.ts';

// From other threads, and from other loops
export { runCoroutineThreadsafe } from './threads/run-coroutine-threadsafe.ts';
export { attachLoop, type AttachedLoop } from './threads/attach-loop.ts';
export type { LoopRef } from './threads/wire.ts';
export { PoolFuture, type JobControl } from './threads/pool-future.ts';

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
export { ExceptionGroup, type ErrorCondition } from './error/exception-group.ts';

// For extension authors
export { registerExtension } from './extension/register-extension.ts';
export { isRegistered, type Extension } from './extension/registry.ts';
export { perLoop } from './extension/per-loop.ts';
export { installPoller } from './extension/install-poller.ts';
export { createHandle, enqueueHandle } from './extension/enqueue-handle.ts';
export { hostOf } from './extension/host-of.ts';
export { debugLog } from './loop/debug-log.ts';
export type { Poller } from './loop/poller.ts';
export { completed, operation, runBody } from './task/operation.ts';
export { Suspension } from './task/suspension.ts';
export { enterTask, leaveTask } from './task/current-task.ts';
export type { Host, HostTimer, ScopeStorage, StoredScope } from './host/host.ts';
export { defaultHost } from './host/default-host.ts';
export { createWebHost } from './host/web-host.ts';

// Observing
export { diagnosticsChannel, type DiagnosticsChannel } from './diagnostics/channel.ts';
export { type CallbackMessage, type TaskMessage } from './diagnostics/core-channels.ts';
