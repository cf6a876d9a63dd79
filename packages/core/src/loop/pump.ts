import type { HostTimer } from '../host/host.ts';
import type { EventLoop } from './event-loop.ts';
import { Iteration } from './iteration.ts';
import type { Poller } from './poller.ts';
import type { ReadyQueue } from './ready-queue.ts';
import type { TimerHeap } from './timer-heap.ts';

// A chain of callbacks should not cost a turn of the host for each link, and must not keep the host
// from its own work either: within one turn iterations go on for this long. docs/decisions/
const SLICE = 0.0002;
// The clock costs as much as an iteration of one callback: it is read once in so many.
const ITERATIONS_PER_CLOCK = 8;
// The reference waits no longer than a day at a time, and the host's timers overflow at 24 days.
const LONGEST_WAIT = 24 * 3600;

/**
 * Runs iterations in turns of the host: as many as fit into a slice of time, then the host has its
 * turn; with nothing to do it waits for a timer, the poller or a callback from outside.
 *
 * States: stopped, scheduled (a turn is queued), in a turn, paused (a batch waits for microtasks),
 * idle (armed).
 */
export class Pump {
  readonly #loop: EventLoop;
  readonly #ready: ReadyQueue;
  readonly #timers: TimerHeap;
  readonly #iteration: Iteration;
  readonly #turn = (): void => this.#runTurn();
  readonly #resume = (): void => this.#runTurn(true);
  poller: Poller | null = null;
  #timer: HostTimer | null = null;
  #release: (() => void) | null = null;
  #ended: ((error: { readonly error: unknown } | null) => void) | null = null;
  /** Stale turns, of a run that has ended, must not run. */
  #epoch = 0;
  idle = false;

  constructor(loop: EventLoop, ready: ReadyQueue, timers: TimerHeap) {
    this.#loop = loop;
    this.#ready = ready;
    this.#timers = timers;
    this.#iteration = new Iteration(loop, ready, timers);
  }

  /** Starts to run; `ended` is called once, when the loop has stopped. */
  start(ended: (error: { readonly error: unknown } | null) => void): void {
    this.#ended = ended;
    this.#release = this.#loop._host.keepAlive();
    this.#schedule();
  }

  /** Ends an idle wait: there is something to do. */
  wake(): void {
    if (!this.idle) return;
    this.#disarm();
    this.#schedule();
  }

  /** As {@link wake}, from a macrotask of the host: the turn begins at once. */
  readonly wakeNow = (): void => {
    if (!this.idle) return;
    this.#disarm();
    this.#runTurn();
  };

  #schedule(): void {
    const epoch = this.#epoch;
    this.#loop._host.macrotask(() => {
      if (epoch === this.#epoch) this.#turn();
    });
  }

  #runTurn(resumed = false): void {
    let finished = false;
    try {
      finished = this.#iterate(resumed);
    } finally {
      // Whatever a microtask or tick of the user's threw goes on to the host; so does the loop.
      if (!finished) this.#schedule();
    }
  }

  /** Runs iterations until the slice is over; true if the next turn comes by itself. */
  #iterate(resumed: boolean): boolean {
    const loop = this.#loop;
    const host = loop._host;
    let batchBegun = resumed;
    let end = -1;
    for (let count = 0; ; count += 1) {
      if (!batchBegun) this.#iteration.begin(count === 0 ? this.poller : null);
      batchBegun = false;
      if (!this.#iteration.run()) {
        host.quiet(this.#resume);
        return true;
      }
      if (loop._exiting !== null || loop._stopping) {
        this.#end();
        return true;
      }
      if (this.#ready.size === 0 && this.#goIdle()) return true;
      if (count % ITERATIONS_PER_CLOCK === 0) {
        const now = host.now();
        if (end < 0) end = now + SLICE;
        else if (now >= end) return false;
      }
    }
  }

  /** Waits for the next timer or event; false if a timer is due already. */
  #goIdle(): boolean {
    const loop = this.#loop;
    const next = this.#timers.next();
    let when: number | null = null;
    if (next !== Infinity) {
      const delay = next - loop.time();
      if (delay <= 0) return false;
      // The loop's clock may be a subclass's own.
      when = loop._host.now() + Math.min(delay, LONGEST_WAIT);
    }
    this.idle = true;
    loop._attend();
    const handled = this.poller?.arm(when) ?? false;
    if (when !== null && !handled) this.#timer = loop._host.timer(when, this.wakeNow);
    return true;
  }

  #disarm(): void {
    this.idle = false;
    this.#loop._attend();
    this.#timer?.cancel();
    this.#timer = null;
    this.poller?.disarm();
  }

  #end(): void {
    const ended = this.#ended;
    this.#epoch += 1;
    this.#ended = null;
    this.#release?.();
    this.#release = null;
    ended?.(this.#loop._exiting);
  }
}
