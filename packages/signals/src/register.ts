/**
 * What this package does when it is imported: puts `addSignalHandler` and `removeSignalHandler` on
 * the loops, and has `run()` end with `KeyboardInterrupt` on Ctrl-C.
 */
import { registerExtension } from '@loop/core';
import { runInterruptible } from './runner-hook.ts';
import { addSignalHandler, removeAllHandlers, removeSignalHandler } from './signal-handlers.ts';
import type { Signal } from './signal-numbers.ts';

declare module '@loop/core' {
  interface EventLoop {
    /**
     * Has `callback(...args)` run as a callback of the loop whenever the signal arrives, behind the
     * callbacks that wait already. It replaces an earlier one of this loop for the signal, and stays
     * until it is removed or the loop closes.
     *
     * While any handler is there the signal does not have its default effect. Listeners of the
     * process that others have added are left alone.
     *
     * @param signal - A name such as `'SIGINT'`, or a number.
     * @throws {TypeError} `signal` is neither, or `callback` cannot be called or is a coroutine function.
     * @throws {ValueError} There is no such signal, or it cannot be caught.
     * @throws {RuntimeError} The loop is closed, this is a worker thread, or the handler cannot be set up.
     * @throws {NotImplementedError} The platform is Windows.
     * @see CPython `loop.add_signal_handler`
     */
    addSignalHandler<A extends readonly unknown[]>(
      signal: Signal,
      callback: (...args: A) => unknown,
      ...args: A
    ): void;
    /**
     * Removes the loop's handler for the signal. What was there before holds again: other listeners,
     * or else the default effect.
     *
     * @returns Whether there was one.
     * @throws {TypeError} `signal` is neither name nor number.
     * @throws {ValueError} There is no such signal.
     * @throws {NotImplementedError} The platform is Windows.
     * @see CPython `loop.remove_signal_handler`
     */
    removeSignalHandler(signal: Signal): boolean;
  }
}

registerExtension({
  name: '@loop/signals',
  methods: {
    addSignalHandler(signal: Signal, callback: (...args: never[]) => unknown, ...args: never[]) {
      addSignalHandler(this, signal, callback, args);
    },
    removeSignalHandler(signal: Signal) {
      return removeSignalHandler(this, signal);
    },
  },
  aroundRun: runInterruptible,
  close: removeAllHandlers,
});
