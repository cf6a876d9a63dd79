import { checkNumber } from '../error/check-argument.ts';
import { CancelledError, RuntimeError, TimeoutError } from '../error/errors.ts';
import type { Future } from '../future/future.ts';
import type { Handle } from '../loop/handle.ts';
import { getRunningLoop } from '../loop/running-loop.ts';
import { operation } from '../task/operation.ts';
import type { Coroutine, TaskBody } from '../task/task-body.ts';
import { OwnPart } from './own-part.ts';
import { runWith } from './run-with.ts';

/** What {@link timeout} runs: an async function or a generator function. */
export type TimeoutBody<T> = (timeout: Timeout) => PromiseLike<T> | Coroutine<T>;

/**
 * Runs `body` in the current task, for at most `delay` seconds; `null` is no limit. When the time
 * is over, `body` is cancelled, and its `CancelledError` becomes a `TimeoutError`.
 *
 * ```ts
 * const page = await timeout(10, async (limit) => {
 *   const found = await lookUp(name);
 *   limit.reschedule(getRunningLoop().time() + 60);
 *   return await load(found);
 * });
 * ```
 *
 * With a delay of 0 or less `body` is cancelled where it first waits. Cancelled from outside, it
 * ends with `CancelledError` in any case.
 *
 * Rejects with `TimeoutError`, whose `cause` is the `CancelledError`; `RuntimeError` outside of a
 * task; `TypeError` if `delay` is no number or `body` no body.
 *
 * @see CPython `asyncio.timeout`
 */
export function timeout<T>(delay: number | null, body: TimeoutBody<T>): Future<T> {
  return operation(() => Timeout._run(() => deadlineAfter(delay), body));
}

/**
 * As {@link timeout}, up to an absolute `when` on the clock of `loop.time()`.
 *
 * @see CPython `asyncio.timeout_at`
 */
export function timeoutAt<T>(when: number | null, body: TimeoutBody<T>): Future<T> {
  return operation(() => Timeout._run(() => when, body));
}

/**
 * The time limit of a body that runs: see {@link timeout}.
 *
 * @see CPython `asyncio.Timeout`
 */
export class Timeout {
  #state: 'created' | 'active' | 'expiring' | 'expired' | 'finished' = 'created';
  #when: number | null;
  #handle: Handle | null = null;
  #part: OwnPart | null = null;

  /**
   * @param when - The deadline, on the clock of `loop.time()`; `null` for none.
   * @throws {TypeError} `when` is no number.
   */
  constructor(when: number | null) {
    if (when !== null) checkNumber(when, 'when');
    this.#when = when;
  }

  /** The deadline, on the clock of `loop.time()`, or `null`. */
  when(): number | null {
    return this.#when;
  }

  /** Whether the deadline has passed while the body ran. */
  expired(): boolean {
    return this.#state === 'expiring' || this.#state === 'expired';
  }

  /**
   * Moves the deadline; `null` removes it.
   *
   * @throws {RuntimeError} The body does not run, or the deadline has passed.
   * @throws {TypeError} `when` is no number.
   */
  reschedule(when: number | null): void {
    if (this.#state === 'created') throw new RuntimeError('Timeout has not been entered');
    if (this.#state !== 'active') {
      throw new RuntimeError(`Cannot change state of ${this.#state} Timeout`);
    }
    if (when !== null) checkNumber(when, 'when');
    this.#when = when;
    this.#handle?.cancel();
    this.#handle = when === null ? null : this.#schedule(when);
  }

  /** Runs `body` under this limit, once: what {@link timeout} does. */
  run<T>(body: TimeoutBody<T> | TaskBody<T>): Future<T> {
    return operation(() => this.#run(body));
  }

  /** In the reference's form: `<Timeout [active] when=12.345>`. */
  toString(): string {
    const when = this.#when === null ? null : Math.round(this.#when * 1000) / 1000;
    return `<Timeout [${this.#state}]${this.#state === 'active' ? ` when=${when}` : ''}>`;
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }

  /** Both functions' coroutine. @internal */
  static *_run<T>(deadline: () => number | null, body: TimeoutBody<T>): Coroutine<T> {
    return yield* new Timeout(deadline()).#run(body);
  }

  *#run<T>(body: TimeoutBody<T> | TaskBody<T>): Coroutine<T> {
    const cancelling = this.#enter();
    try {
      const result = yield* runWith(body, this);
      this.#exit();
      return result;
    } catch (error) {
      // Only if nobody else has asked for a cancellation meanwhile, it is ours to explain.
      if (this.#exit() <= cancelling && error instanceof CancelledError) {
        throw new TimeoutError('', { cause: error });
      }
      throw error;
    }
  }

  #enter(): number {
    if (this.#state !== 'created') throw new RuntimeError('Timeout has already been entered');
    this.#part = OwnPart.current('Timeout should be used inside a task');
    this.#state = 'active';
    this.reschedule(this.#when);
    return this.#part.task.cancelling();
  }

  /** @returns How many cancellations are left, if the deadline has passed; else infinitely many. */
  #exit(): number {
    this.#handle?.cancel();
    this.#handle = null;
    if (this.#state === 'expiring') {
      this.#state = 'expired';
      return (this.#part as OwnPart).uncancel();
    }
    this.#state = 'finished';
    return Infinity;
  }

  #schedule(when: number): Handle {
    const loop = getRunningLoop();
    const expire = (): void => this.#expire();
    return when <= loop.time() ? loop.callSoon(expire) : loop.callAt(when, expire);
  }

  #expire(): void {
    this.#handle = null;
    this.#state = 'expiring';
    this.#part?.cancel();
  }
}

function deadlineAfter(delay: number | null): number | null {
  if (delay === null) return null;
  checkNumber(delay, 'delay');
  return getRunningLoop().time() + delay;
}
