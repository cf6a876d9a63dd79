import { giveBlock, takeBlock } from '../transport/write-blocks.ts';
import type { LateWrites, LateWriter } from './late-writes.ts';

// Above this a copy costs what the call does.
const LARGEST = 16 * 1024;

/**
 * Small writes of one iteration to one pipe, put together for one call: each call may wake whoever reads,
 * who then gets them one by one and answers so.
 *
 * 1. The first write of an iteration is none of it, unless the last iteration that wrote did so several
 *    times: who writes once waits for nobody and copies nothing.
 * 2. Outside of an iteration everything is written at once.
 */
export class WriteBurst {
  readonly #late: LateWrites;
  readonly #writer: LateWriter;
  #block: Buffer | null = null;
  #used = 0;
  #iteration = -1;
  #writes = 0;
  #likely = false;

  constructor(late: LateWrites, writer: LateWriter) {
    this.#late = late;
    this.#writer = writer;
  }

  /** Bytes that are kept. */
  get size(): number {
    return this.#used;
  }

  /** Whether `data` is written later; asked once for each write. */
  wants(data: Uint8Array): boolean {
    const late = this.#late;
    if (!late.open) return false;
    if (late.iteration !== this.#iteration) {
      this.#iteration = late.iteration;
      this.#likely = this.#writes > 1;
      this.#writes = 0;
    }
    this.#writes += 1;
    return data.length <= LARGEST && (this.#writes > 1 || this.#likely);
  }

  /** Keeps a copy of `data`, to be written by the writer's `flush`; false if there is no room until then. */
  add(data: Uint8Array): boolean {
    const block = (this.#block ??= this.#begin());
    if (data.length > block.length - this.#used) return false;
    block.set(data, this.#used);
    this.#used += data.length;
    return true;
  }

  /** What is kept, which is none of it any more; it stands there until {@link release}. */
  take(): Uint8Array {
    const bytes = (this.#block as Buffer).subarray(0, this.#used);
    this.#used = 0;
    return bytes;
  }

  release(): void {
    if (this.#block !== null) giveBlock(this.#block);
    this.#block = null;
  }

  #begin(): Buffer {
    this.#late.add(this.#writer);
    return takeBlock();
  }
}
