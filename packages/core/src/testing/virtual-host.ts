import { checkNumber, checkOptions } from '../error/check-argument.ts';
import { ValueError } from '../error/errors.ts';
import { defaultHost } from '../host/default-host.ts';
import type { Host, HostTimer, ScopeStorage } from '../host/host.ts';
import { createSeededOrder } from './seeded-order.ts';

/** Options of a {@link VirtualHost}. */
export interface VirtualHostOptions {
  /** Where the clock starts, in seconds. */
  readonly start?: number | undefined;
  /**
   * Shuffles timers that are due at the same instant, whose order is undefined: the same seed gives
   * the same order each time. Without it they run as the heap gives them.
   */
  readonly seed?: number | undefined;
}

/**
 * A host whose clock stands still while callbacks run, and jumps to the next timer when the loop is
 * idle: no sleep is real.
 *
 * Everything else is the host that it runs on: promises and I/O of the runtime work, but take no time
 * on this clock.
 */
export class VirtualHost implements Host {
  readonly name = 'virtual';
  readonly resolution: number = 1e-9;
  readonly storage: ScopeStorage;
  readonly reorder: (<T>(handles: T[]) => void) | undefined;
  readonly #real: Host;
  #now: number;

  constructor(options: VirtualHostOptions = {}) {
    checkOptions(options, ['start', 'seed'], 'VirtualHost');
    const { start = 0, seed } = options;
    checkNumber(start, 'start');
    this.#real = defaultHost();
    this.storage = this.#real.storage;
    this.#now = start;
    this.reorder = seed === undefined ? undefined : createSeededOrder(seed);
  }

  readonly now = (): number => this.#now;

  get drain(): (() => void) | undefined {
    return this.#real.drain;
  }

  macrotask(fn: () => void): void {
    this.#real.macrotask(fn);
  }

  /** The loop is idle until `when`: that is the next thing to happen. */
  timer(when: number, fn: () => void): HostTimer {
    let cancelled = false;
    this.#real.macrotask(() => {
      if (cancelled) return;
      this.#now = Math.max(this.#now, when);
      fn();
    });
    return {
      cancel: () => {
        cancelled = true;
      },
    };
  }

  quiet(fn: () => void): void {
    this.#real.quiet(fn);
  }

  keepAlive(): () => void {
    return this.#real.keepAlive();
  }

  env(name: string): string | undefined {
    return this.#real.env(name);
  }

  /** Moves the clock on by `seconds` at once, as if a callback had taken so long. */
  advance(seconds: number): void {
    checkNumber(seconds, 'seconds');
    if (seconds < 0) throw new ValueError(`Expected seconds to be 0 or more, got ${seconds}`);
    this.#now += seconds;
  }
}
