import { constants } from 'node:os';
import type { KeyboardInterrupt } from '@loop/core';

// What shells report of a program that SIGINT ended.
const INTERRUPTED = 128 + constants.signals.SIGINT;

const interrupts = new WeakSet<Error>();

/** If nobody catches `interrupt`, the process shall end with the status of a program that was interrupted. */
export function exitAsInterrupted(interrupt: KeyboardInterrupt): void {
  // One listener for good, from the first interrupt on: who catches an interrupt does not tell.
  if (!process.listeners('uncaughtExceptionMonitor').includes(monitor)) {
    process.on('uncaughtExceptionMonitor', monitor);
  }
  interrupts.add(interrupt);
}

function monitor(error: Error): void {
  if (!interrupts.has(error)) return;
  process.once('exit', () => {
    process.exitCode = INTERRUPTED;
  });
}
