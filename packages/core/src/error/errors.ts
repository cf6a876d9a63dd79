/**
 * The reference's exception classes, under their own names.
 */

/** A value of the right type that cannot be used. */
export class ValueError extends Error {
  override readonly name: string = 'ValueError';
}

/** An operation that the present state forbids. */
export class RuntimeError extends Error {
  override readonly name: string = 'RuntimeError';
}

/** Something that this platform, backend or set of installed packages does not have. */
export class NotImplementedError extends RuntimeError {
  override readonly name: string = 'NotImplementedError';
}

/** A key or value that is not there. */
export class LookupError extends Error {
  override readonly name: string = 'LookupError';
}

/** A key that a mapping does not hold. */
export class KeyError extends LookupError {
  override readonly name: string = 'KeyError';
}

/** The future or task is not in the state that the call needs. */
export class InvalidStateError extends Error {
  override readonly name: string = 'InvalidStateError';
}

/** The operation ran longer than it was given. */
export class TimeoutError extends Error {
  override readonly name: string = 'TimeoutError';
}

/** A barrier that was reset or aborted while tasks waited at it. */
export class BrokenBarrierError extends RuntimeError {
  override readonly name: string = 'BrokenBarrierError';
}

/** `getNowait()` on an empty queue. */
export class QueueEmpty extends Error {
  override readonly name: string = 'QueueEmpty';
}

/** `putNowait()` on a full queue. */
export class QueueFull extends Error {
  override readonly name: string = 'QueueFull';
}

/** `put()` on a queue that was shut down, or `get()` once it is also empty. */
export class QueueShutDown extends Error {
  override readonly name: string = 'QueueShutDown';
}

/**
 * A task or future was cancelled. In the reference it is no ordinary
 * `Exception`: code that handles errors in general should let it pass, which
 * {@link isOrdinary} tells.
 */
export class CancelledError extends Error {
  override readonly name: string = 'CancelledError';
  /** What `cancel(message)` was given: empty, or one value of any type. */
  readonly args: readonly unknown[];

  constructor(...args: readonly unknown[]) {
    super(args.length === 0 ? '' : String(args[0]));
    this.args = args;
  }
}

/** The arguments of the `CancelledError` that `cancel(message)` leads to. */
export function cancelArgs(message: unknown): readonly unknown[] {
  return message === undefined || message === null ? [] : [message];
}

/** Ends a program from inside a loop: it leaves the loop at once. */
export class SystemExit extends Error {
  override readonly name: string = 'SystemExit';
  /** The exit status, as in the reference: a number, `null` for 0, or a text. */
  readonly code: number | string | null;

  constructor(code: number | string | null = null) {
    super(code === null ? '' : String(code));
    this.code = code;
  }
}

/** The user interrupted the program (Ctrl-C): it leaves the loop at once. */
export class KeyboardInterrupt extends Error {
  override readonly name: string = 'KeyboardInterrupt';
}

/** Whether `error` leaves a running loop at once instead of being reported. */
export function isExit(error: unknown): error is SystemExit | KeyboardInterrupt {
  return error instanceof SystemExit || error instanceof KeyboardInterrupt;
}

/** Whether `error` is what the reference calls an `Exception`: no cancellation and no exit. */
export function isOrdinary(error: unknown): boolean {
  return !(error instanceof CancelledError) && !isExit(error);
}
