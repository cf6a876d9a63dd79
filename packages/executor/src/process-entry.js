// The entry of a pool's process.
// @ts-check
import { WorkerLoop } from './worker-loop.js';

/** @type {WorkerLoop | null} */
let loop = null;
const exit = process.exit.bind(process);

process.on('message', (message) => {
  if (typeof message === 'number') return loop?.abort(message);
  if (loop !== null) return loop.receive(/** @type {import('./wire.ts').Batch} */ (message));
  const { initializer, initargs, name } = /** @type {import('./process-seat.ts').ProcessData} */ (
    message
  );
  loop = new WorkerLoop({
    name,
    post: (reply) => void process.send?.(reply),
    // Jobs that a process has been given count as running.
    start: () => true,
  });
  loop.initialize(initializer, initargs);
});
process.on('disconnect', () => exit());
// Ctrl-C reaches the whole group: it is the parent's to decide.
process.on('SIGINT', () => {});
