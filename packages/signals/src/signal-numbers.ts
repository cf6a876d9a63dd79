import { constants } from 'node:os';
import { ValueError } from '@loop/core';
import { describe } from '@loop/core/errors';

/** A signal by name or by number. */
export type Signal = NodeJS.Signals | number;

const numbers = new Map(Object.entries(constants.signals));
const names = new Map<number, NodeJS.Signals>();
for (const [name, number] of numbers) {
  // Of two names for one number, as SIGIO and SIGPOLL are, the first is the usual one.
  if (!names.has(number)) names.set(number, name as NodeJS.Signals);
}

// The kernel's signals end here; the real-time ones have no names in Node.
const LAST_SIGNAL = 64;

/**
 * The name of a signal of this platform.
 *
 * @throws {TypeError} `signal` is neither a string nor an integer.
 * @throws {ValueError} There is no such signal.
 */
export function signalName(signal: unknown): NodeJS.Signals {
  if (typeof signal === 'string') {
    if (!numbers.has(signal)) throw new ValueError(`invalid signal name ${JSON.stringify(signal)}`);
    return signal as NodeJS.Signals;
  }
  if (typeof signal !== 'number' || !Number.isInteger(signal)) {
    throw new TypeError(`sig must be an int or the name of a signal, not ${describe(signal)}`);
  }
  const name = names.get(signal);
  if (name !== undefined) return name;
  if (signal > 0 && signal <= LAST_SIGNAL) {
    throw new ValueError(
      `signal number ${signal} has no name and cannot be handled by the runtime`,
    );
  }
  throw new ValueError(`invalid signal number ${signal}`);
}
