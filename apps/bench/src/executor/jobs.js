// What is run in the pools; the twins are in `jobs.py`.
// @ts-check

export function empty() {}

const never = new Int32Array(new SharedArrayBuffer(4));

/** Waits, as a blocking call does: what computes would measure the scheduler of a busy machine. */
export function oneMillisecond() {
  Atomics.wait(never, 0, 0, 1);
}

/** @param {Uint8Array} bytes */
export function sizeOf(bytes) {
  return bytes.length;
}
