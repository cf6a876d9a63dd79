// @ts-check
import { checkMove } from './check-move.js';

/** What a job's function is called with as `this`: see `Job` in `offloadable.ts`. */
export class JobContext {
  /** @type {import('./worker-loop.js').Port} */
  #port;
  /** @type {AbortController | null} */
  #controller = null;
  #aborted = false;

  /**
   * @param {import('./worker-loop.js').Port} port
   * @param {number} sequence
   */
  constructor(port, sequence) {
    this.#port = port;
    this.sequence = sequence;
    /** @type {readonly unknown[]} */
    this.transfers = [];
    this.begun = performance.now();
  }

  get workerName() {
    return this.#port.name;
  }

  /**
   * Made when it is asked for: few jobs do.
   * @returns {AbortSignal}
   */
  get signal() {
    this.#controller ??= new AbortController();
    // A job that never returns to the event loop hears of it here: the message has to wait.
    if (this.#aborted || this.#port.aborted(this.sequence)) this.#controller.abort();
    return this.#controller.signal;
  }

  /**
   * @template T
   * @param {T} value
   * @param {readonly unknown[]} list
   */
  transfer(value, list) {
    checkMove(value, list);
    this.transfers = [...this.transfers, ...list];
    return value;
  }

  abort() {
    this.#aborted = true;
    this.#controller?.abort();
  }
}
