import { isMainThread } from 'node:worker_threads';
import {
  createHandle,
  enqueueHandle,
  isCoroutine,
  isCoroutineFunction,
  NotImplementedError,
  perLoop,
  RuntimeError,
  ValueError,
  type EventLoop,
} from '@loop/core';
import { describe } from '@loop/core/errors';
import { signalName } from './signal-numbers.ts';

/** The listeners that one loop has on the process. */
const handlersOf = perLoop(() => new Map<NodeJS.Signals, () => void>());

const uncatchable = new Set<NodeJS.Signals>(['SIGKILL', 'SIGSTOP']);

/** See `EventLoop.addSignalHandler`. */
export function addSignalHandler(
  loop: EventLoop,
  signal: unknown,
  callback: (...args: never[]) => unknown,
  args: readonly never[],
): void {
  checkPlatform();
  const name = signalName(signal);
  if (isCoroutineFunction(callback) || isCoroutine(callback)) {
    throw new TypeError('coroutines cannot be used with addSignalHandler()');
  }
  if (typeof callback !== 'function') {
    throw new TypeError(
      `a callable object was expected by addSignalHandler(), got ${describe(callback)}`,
    );
  }
  if (loop.isClosed()) throw new RuntimeError('Event loop is closed');
  if (uncatchable.has(name)) throw new ValueError(`sig ${name} cannot be caught`);
  if (!isMainThread) {
    throw new RuntimeError('addSignalHandler() works on the main thread only, this is a worker');
  }
  const handle = createHandle(loop, callback as (...args: readonly unknown[]) => unknown, args);
  const listener = (): void => enqueueHandle(loop, handle);
  try {
    process.on(name, listener);
  } catch (error) {
    throw new RuntimeError(`sig ${name} cannot be handled`, { cause: error });
  }
  // The new one is there before the old one goes: in between the signal could kill the process.
  removeListener(loop, name);
  handlersOf(loop).set(name, listener);
}

/** See `EventLoop.removeSignalHandler`. */
export function removeSignalHandler(loop: EventLoop, signal: unknown): boolean {
  checkPlatform();
  return removeListener(loop, signalName(signal));
}

/** The loop closes. */
export function removeAllHandlers(loop: EventLoop): void {
  for (const name of handlersOf(loop).keys()) removeListener(loop, name);
}

function removeListener(loop: EventLoop, name: NodeJS.Signals): boolean {
  const handlers = handlersOf(loop);
  const listener = handlers.get(name);
  if (listener === undefined) return false;
  handlers.delete(name);
  process.removeListener(name, listener);
  return true;
}

function checkPlatform(): void {
  if (process.platform === 'win32') {
    throw new NotImplementedError('Windows has no Unix signals: listen to process events instead');
  }
}
