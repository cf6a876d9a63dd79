import { installPoller } from '../src/extension/install-poller.ts';
import type { EventLoop } from '../src/loop/event-loop.ts';
import type { Poller } from '../src/loop/poller.ts';

/** A poller whose events are functions that the test calls `ready` with. */
export class FakePoller implements Poller {
  /** What the loop did with it, in order. */
  readonly calls: string[] = [];
  readonly #events: Array<() => void> = [];
  readonly #wake: () => void;
  #armed = false;

  constructor(wake: () => void) {
    this.#wake = wake;
  }

  /** Something is ready: the next poll calls `event`, which queues a handle. */
  ready(event: () => void): void {
    this.#events.push(event);
    if (this.#armed) setImmediate(this.#wake);
  }

  poll(): void {
    this.calls.push('poll');
    for (const event of this.#events.splice(0)) event();
  }

  arm(when: number | null): boolean {
    this.calls.push(`arm ${when}`);
    this.#armed = true;
    return false;
  }

  disarm(): void {
    this.calls.push('disarm');
    this.#armed = false;
  }

  close(): void {
    this.calls.push('close');
  }
}

/** Gives `loop` a poller of that kind. */
export function installFakePoller(loop: EventLoop): FakePoller {
  return installPoller(loop, (wake) => new FakePoller(wake));
}
