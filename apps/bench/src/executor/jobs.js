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

/**
 * Moves back what was moved here, so that none is made for each job: making and collecting 10 MB takes
 * far longer. For the pools of ours; each library marks a result in its own way.
 * @this {import('@loop/executor').Job}
 * @param {Uint8Array} bytes
 */
export function giveBack(bytes) {
  return this.transfer(bytes, [/** @type {ArrayBuffer} */ (bytes.buffer)]);
}
