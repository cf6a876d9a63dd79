import type { EventLoop } from './event-loop.ts';
import type { Runnable, TimerHandle } from './handle.ts';
import type { Poller } from './poller.ts';
import type { ReadyQueue } from './ready-queue.ts';
import { current } from './scope.ts';
import type { TimerHeap } from './timer-heap.ts';

/**
 * One iteration of the loop, in the reference's order:
 *
 * 1. cancelled timers are dropped;
 * 2. the poller queues what I/O has made ready, behind the callbacks queued before;
 * 3. timers that are due are queued behind those;
 * 4. exactly the callbacks that are queued now run; what they schedule belongs to the next iteration.
 *
 * A callback that resumed an async function is over when its microtasks are: the batch pauses
 * until then.
 */
export class Iteration {
  readonly #loop: EventLoop;
  readonly #ready: ReadyQueue;
  readonly #timers: TimerHeap;
  /** How much of the present batch has not run yet. */
  #left = 0;

  constructor(loop: EventLoop, ready: ReadyQueue, timers: TimerHeap) {
    this.#loop = loop;
    this.#ready = ready;
    this.#timers = timers;
  }

  /** Does the first three steps. */
  begin(poller: Poller | null): void {
    poller?.poll();
    if (this.#timers.size > 0) this.#queueDueTimers();
    this.#left = this.#ready.size;
  }

  /**
   * Runs the batch, or what is left of it; an exit leaves the rest in the queue.
   *
   * @returns Whether it is finished; if not, call again once microtasks are quiet.
   */
  run(): boolean {
    const loop = this.#loop;
    const ready = this.#ready;
    const continuations = loop._continuations;
    const { drain } = loop._host;
    loop._inBatch = true;
    let paused = false;
    try {
      while (loop._exiting === null) {
        if (continuations.size > 0) {
          loop._runHandle(continuations.shift());
        } else if (this.#left > 0) {
          this.#left -= 1;
          loop._runHandle(ready.shift());
        } else {
          break;
        }
        if (loop._microtasksQueued) {
          current.scope = null;
          if (drain === undefined) {
            loop._microtasksQueued = false;
            paused = true;
            return false;
          }
          drain();
          loop._microtasksQueued = false;
        }
      }
      return true;
    } finally {
      current.scope = null;
      // The microtasks that it pauses for belong to the batch.
      loop._inBatch = paused;
    }
  }

  #queueDueTimers(): void {
    const timers = this.#timers;
    const latest = this.#loop.time() + this.#loop._host.resolution;
    const { reorder } = this.#loop._host;
    if (reorder === undefined) {
      for (let due = timers.popDue(latest); due !== undefined; due = timers.popDue(latest)) {
        this.#ready.push(due);
      }
    } else {
      for (const due of reordered(timers, latest, reorder)) this.#ready.push(due);
    }
  }
}

/** The due timers, those of one instant in the order that the host gives them. */
function* reordered(
  timers: TimerHeap,
  latest: number,
  reorder: (handles: TimerHandle[]) => void,
): Iterable<Runnable> {
  let same: TimerHandle[] = [];
  for (let due = timers.popDue(latest); due !== undefined; due = timers.popDue(latest)) {
    if (same.length > 0 && same[0]?.when() !== due.when()) {
      reorder(same);
      yield* same;
      same = [];
    }
    same.push(due);
  }
  reorder(same);
  yield* same;
}
