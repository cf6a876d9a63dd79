import { SendRing } from '@loop/posix/internal';

/** Whose bytes are in a batch. */
export interface BatchedWriter {
  /** Whether it has bytes in the batch; the batch keeps it. */
  batched: boolean;
  /**
   * Not all of its bytes could be sent.
   *
   * @param error - A negative errno, or 0.
   * @param rest - What is left to be sent, in memory of its own.
   */
  unsent(error: number, rest: Uint8Array): void;
}

// Above this a copy costs what the call does.
const LARGEST = 16 * 1024;

/**
 * Small writes of one iteration's callbacks, on many sockets, sent together when the last of them has
 * run: one call to the system for all, and all of them by code that is still in the processor's cache.
 * Measured with 2 to 100 connections, 1 KiB each: 0.5 to 1.4 us a write less than a send(2) for each; with
 * 10 KiB it is 0.7, copy included.
 *
 * 1. Only between `begin` and `end`, which enclose the callbacks of an iteration that I/O has made
 *    ready on several descriptors. All other writes go out at once, as do larger ones.
 * 2. For everybody else the bytes have been sent. Whoever wants to see what has become of them, or does
 *    to the socket what may not overtake them, calls `flush` before.
 * 3. Where there is no io_uring there is no batch.
 */
export class WriteBatch {
  readonly #ring: SendRing;
  readonly #writers: BatchedWriter[] = [];
  #open = false;

  private constructor(ring: SendRing) {
    this.#ring = ring;
  }

  static create(): WriteBatch | null {
    const ring = SendRing.open();
    return ring === null ? null : new WriteBatch(ring);
  }

  begin(): void {
    this.#open = true;
  }

  end(): void {
    this.#open = false;
    if (this.#writers.length > 0) this.flush();
  }

  /** Takes a copy of `data`; false if the caller has to send it by itself, with nothing before it here. */
  add(writer: BatchedWriter, fd: number, data: Uint8Array): boolean {
    if (!this.#open || data.length > LARGEST) {
      if (writer.batched) this.flush();
      return false;
    }
    const writers = this.#writers;
    if (writer.batched) {
      if (writers.at(-1) === writer && this.#ring.extend(data)) return true;
      this.flush();
      return false;
    }
    if (!this.#ring.add(fd, data)) {
      this.flush();
      if (!this.#ring.add(fd, data)) return false;
    }
    writer.batched = true;
    writers.push(writer);
    return true;
  }

  /** Sends what there is. */
  flush(): void {
    const ring = this.#ring;
    const writers = this.#writers;
    if (writers.length === 0) return;
    ring.submit();
    let failures: Failure[] | null = null;
    for (let index = 0; index < writers.length; index += 1) {
      const writer = writers[index]!;
      writer.batched = false;
      const missing = ring.missing(index);
      if (missing === 0) continue;
      failures ??= [];
      const error = Math.min(missing, 0);
      const rest = ring.tail(index, error < 0 ? ring.length(index) : missing).slice();
      failures.push({ writer, error, rest });
    }
    writers.length = 0;
    ring.clear();
    // They may write again, to others as well.
    if (failures !== null)
      for (const { writer, error, rest } of failures) writer.unsent(error, rest);
  }

  close(): void {
    this.#open = false;
    this.flush();
    this.#ring.close();
  }
}

interface Failure {
  readonly writer: BatchedWriter;
  readonly error: number;
  readonly rest: Uint8Array;
}
