// The entry of a pool's thread.
// @ts-check
import { parentPort, workerData } from 'node:worker_threads';
import { WorkerLoop } from './worker-loop.js';

const port = /** @type {import('node:worker_threads').MessagePort} */ (parentPort);
const { states, initializer, initargs, name } =
  /** @type {import('./thread-seat.ts').ThreadData} */ (workerData);

const QUEUED = 1;
const STARTED = 2;
const shared = new Int32Array(states);

const loop = new WorkerLoop({
  name,
  post: (reply, transfer) =>
    port.postMessage(
      reply,
      /** @type {import('node:worker_threads').TransferListItem[]} */ (transfer),
    ),
  start: (sequence) =>
    Atomics.compareExchange(shared, sequence % shared.length, QUEUED, STARTED) === QUEUED,
});
loop.initialize(initializer, initargs);
port.on('message', (message) => {
  if (typeof message === 'number') loop.abort(message);
  else loop.receive(message);
});
