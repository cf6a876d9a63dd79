import type { HostTimer } from '../host/host.ts';
import type { EventLoop } from './event-loop.ts';
import { Iteration } from './iteration.ts';
import type { Poller } from './poller.ts';
import type { ReadyQueue } from './ready-queue.ts';
import { renewCurrent } from './scope.ts';
import type { TimerHeap } from './timer-heap.ts';

// A chain of callbacks should not cost a turn of the host for each link, and must not keep the host
// from its own work either: within one turn iterations go on for this long. docs/decisions/
const SLICE = 0.0002;
// The clock costs as much as an iteration of one callback: it is read once in so many.
const ITERATIONS_PER_CLOCK = 8;
// For clocks that stand still meanwhile, as a virtual one does.
const MOST_ITERATIONS = 8192;
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
  readonly #resume = (): void => this.#iterate(true);
  poller: Poller | null = null;
  idle = false;
  #timer: HostTimer | null = null;
  #release: (() => void) | null = null;
  #ended: ((exit: { readonly error: unknown } | null) => void) | null = null;
  // How many iterations the turn has had, and when its slice is over. They hold across pauses, which
  // must not keep the host and the poller waiting.
  #iterations = 0;
  #sliceEnd = 0;

  constructor(loop: EventLoop, ready: ReadyQueue, timers: TimerHeap) {
    this.#loop = loop;
    this.#ready = ready;
    this.#timers = timers;
    this.#iteration = new Iteration(loop, ready, timers);
  }

  /** Starts to run; `ended` is called once, when the loop has stopped. */
  start(ended: (exit: { readonly error: unknown } | null) => void): void {
    this.#ended = ended;
    this.#release = this.#loop._host.keepAlive();
    this.#loop._host.macrotask(this.#turn);
  }

  /** Ends an idle wait: there is something to do. */
  wake(): void {
    if (!this.idle) return;
    this.#disarm();
    this.#loop._host.macrotask(this.#turn);
  }

  /** As {@link wake}, from a macrotask of the host: the turn begins at once. */
  readonly wakeNow = (): void => {
    if (!this.idle) return;
    this.#disarm();
    this.#runTurn();
  };

  closePoller(): void {
    const { poller } = this;
    this.poller = null;
    poller?.close();
  }

  #runTurn(): void {
    renewCurrent();
    this.#iterations = 0;
    this.#iterate(false);
  }

  /** Goes on with the turn, and sees to what comes after it. */
  #iterate(paused: boolean): void {
    // Whatever a microtask or tick of the user's throws goes on to the host; so does the loop.
    let next: (() => void) | null = this.#resume;
    try {
      next = this.#runIterations(paused);
    } finally {
      if (next !== null) this.#loop._host.macrotask(next);
    }
  }

  /**
   * Runs iterations until the slice is over.
   *
   * @param paused - A batch has been begun already.
   * @returns What the host has to run next, if anything.
   */
  #runIterations(paused: boolean): (() => void) | null {
    const loop = this.#loop;
    const host = loop._host;
    let begun = paused;
    loop._lookForObservers();
    for (;;) {
      if (!begun) this.#iteration.begin(this.#iterations === 0 ? this.poller : null);
      begun = false;
      if (!this.#runBatch()) {
        host.quiet(this.#resume);
        return null;
      }
      if (loop._exiting !== null || loop._stopping) {
        this.#end();
        return null;
      }
      if (this.#ready.size === 0 && this.#goIdle()) return null;
      if (this.#iterations % ITERATIONS_PER_CLOCK === 0) {
        const now = host.now();
        if (this.#iterations === 0) this.#sliceEnd = now + SLICE;
        else if (now >= this.#sliceEnd || this.#iterations >= MOST_ITERATIONS) return this.#turn;
      }
      this.#iterations += 1;
    }
  }

  #runBatch(): boolean {
    const { poller } = this;
    if (poller === null || poller.endBatch === undefined) return this.#iteration.run();
    poller.beginBatch?.();
    try {
      return this.#iteration.run();
    } finally {
      poller.endBatch();
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
    const handled = this.poller?.arm(when) ?? false;
    if (when !== null && !handled) this.#timer = loop._host.timer(when, this.wakeNow);
    this.idle = true;
    loop._attend();
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
    this.#ended = null;
    this.#release?.();
    this.#release = null;
    ended?.(this.#loop._exiting);
  }
}
