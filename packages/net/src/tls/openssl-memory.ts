/**
 * Memory that encrypted bytes pass through, one of each kind for the thread: nothing stays in it from
 * one event to the next.
 */
import { markAsUntransferable } from 'node:worker_threads';
import { PinnedBuffer } from '@loop/posix/internal';

/** The most that is received at a time: what the reference takes, too. */
const INPUT = 256 * 1024;
const OUTPUT = 128 * 1024;

/** The most plaintext that is encrypted at a time: with what its records add it fits the output. */
export const MOST_PLAIN = OUTPUT - 4096;

let input: PinnedBuffer | null = null;
let output: PinnedBuffer | null = null;

/** Where encrypted bytes are received into. */
export function encryptedInput(): PinnedBuffer {
  input ??= allocate(INPUT);
  return input;
}

/** Where encrypted bytes are put on their way down; and plaintext that nobody wants. */
export function encryptedOutput(): PinnedBuffer {
  output ??= allocate(OUTPUT);
  return output;
}

function allocate(size: number): PinnedBuffer {
  const memory = new PinnedBuffer(size);
  // Whoever transferred it to another thread would take it from all connections.
  markAsUntransferable(memory.bytes.buffer);
  return memory;
}
