// The entry of a pool's process.
// @ts-check
import { encodeError } from './encode-error.js';
import { replaceExit } from './job-exit.js';
import { setProgram } from './job-function.js';
import { WorkerLoop } from './worker-loop.js';

/** @type {WorkerLoop | null} */
let loop = null;
/** Jobs that were aborted before their turn came. @type {Set<number>} */
const skipped = new Set();
const exit = replaceExit();

process.on('message', (message) => {
  if (loop === null) start(/** @type {import('../process-seat.ts').ProcessData} */ (message));
  else if (typeof message === 'number') {
    if (loop.abort(message)) skipped.add(message);
  } else loop.receive(/** @type {import('../wire.ts').Batch} */ (message));
});

/** @param {import('../process-seat.ts').ProcessData} data */
function start({ initializer, initargs, name, program, prompt }) {
  setProgram(program);
  loop = new WorkerLoop({
    name,
    prompt,
    post: (reply) => void process.send?.(reply),
    start: (sequence) => !skipped.delete(sequence),
    end: () => {},
    aborted: () => false,
  });
  loop.initialize(initializer, initargs);
}

process.on('uncaughtExceptionMonitor', (error) => {
  if (process.connected) process.send?.({ passed: 0, outcomes: [], died: encodeError(error) });
});
// The pool has ended, or the program has.
process.on('disconnect', () => exit(0));
// Ctrl-C reaches the whole group: it is the parent's to decide.
process.on('SIGINT', () => {});
