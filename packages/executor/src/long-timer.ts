// Beyond this the runtime's timers fire at once.
const LONGEST_MS = 2 ** 31 - 1;

/** A timer for any number of seconds, `Infinity` included. */
export class LongTimer {
  readonly #callback: () => void;
  #leftMs: number;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(seconds: number, callback: () => void) {
    this.#callback = callback;
    this.#leftMs = Math.max(0, seconds * 1000);
    this.#start();
  }

  cancel(): void {
    clearTimeout(this.#timer);
  }

  #start(): void {
    const ms = Math.min(this.#leftMs, LONGEST_MS);
    this.#leftMs -= ms;
    this.#timer = setTimeout(() => (this.#leftMs > 0 ? this.#start() : this.#callback()), ms);
  }
}
