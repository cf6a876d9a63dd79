/** Who has bytes that are not written yet. */
export interface LateWriter {
  /** Writes them. */
  flush(): void;
}

/**
 * What pipes write late: when the callbacks of an iteration have run. One for each poller, which knows
 * when that is.
 */
export class LateWrites {
  readonly #writers: LateWriter[] = [];
  #open = false;
  #iteration = 0;

  /** Whether there is an end to come, at which late writes are written. */
  get open(): boolean {
    return this.#open;
  }

  /** Which iteration it is; its value means nothing else. */
  get iteration(): number {
    return this.#iteration;
  }

  begin(): void {
    this.#open = true;
    this.#iteration += 1;
  }

  end(): void {
    this.#open = false;
    if (this.#writers.length > 0) this.#flush();
  }

  /** Has `writer` flushed at the end. */
  add(writer: LateWriter): void {
    this.#writers.push(writer);
  }

  #flush(): void {
    const writers = this.#writers;
    let count = 0;
    try {
      while (count < writers.length) {
        count += 1;
        writers[count - 1]!.flush();
      }
    } finally {
      // Those behind an error that ends the loop are written by the next one that runs.
      writers.splice(0, count);
    }
  }
}
