// A thread that calls the loop of another one, so many times at a word, in batches of a thousand.
// @ts-check
import { parentPort, workerData } from 'node:worker_threads';
import { attachLoop } from '@loop/core';

const BATCH = 1000;
const loop = attachLoop(workerData);

parentPort?.on('message', (/** @type {number} */ count) => void call(count));

/** @param {number} count */
async function call(count) {
  for (let sent = 0; sent < count;) {
    for (const end = Math.min(count, sent + BATCH); sent < end; sent += 1) {
      loop.callSoonThreadsafe('called', sent);
    }
    await new Promise((resolve) => setImmediate(resolve));
  }
}
