// A thread of a pool's process: ends the process when the one that started it is gone.
// @ts-check
import { workerData } from 'node:worker_threads';

const EVERY_MS = 500;
const parent = /** @type {number} */ (workerData);

setInterval(() => {
  if (gone()) process.kill(process.pid, 'SIGKILL');
}, EVERY_MS);

/** An orphan gets another parent, but for Windows. */
function gone() {
  if (process.platform !== 'win32') return process.ppid !== parent;
  try {
    process.kill(parent, 0);
    return false;
  } catch {
    return true;
  }
}
