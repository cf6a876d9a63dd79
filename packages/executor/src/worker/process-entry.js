// The entry of a pool's process.
// @ts-check
import { Worker } from 'node:worker_threads';
import { encodeError } from './encode-error.js';
import { replaceExit } from './job-exit.js';
import { setProgram } from './job-function.js';
import { refuseShared } from './unsendable.js';
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
function start({ initializer, initargs, name, program, parent, prompt }) {
  endWithParent(parent);
  setProgram(program);
  loop = new WorkerLoop({
    name,
    prompt,
    post: (reply) => {
      for (const [, ok, value] of reply.outcomes) if (ok) refuseShared(value, 'result');
      send(reply);
    },
    start: (sequence) => !skipped.delete(sequence),
    end: () => {},
    aborted: () => false,
  });
  loop.initialize(initializer, initargs);
}

/** @param {import('../wire.ts').Reply} reply */
function send(reply) {
  // Whoever would have listened may be gone: `disconnect` follows.
  process.send?.(reply, undefined, undefined, () => {});
}

/**
 * Nobody wants the job of a program that was killed, and a job that computes hears of nothing: a
 * thread beside it looks whether the program is there.
 *
 * @param {number} parent
 */
function endWithParent(parent) {
  const watch = new Worker(new URL('./parent-watch.js', import.meta.url), {
    workerData: parent,
    env: {},
    execArgv: [],
    resourceLimits: { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 1, stackSizeMb: 1 },
  });
  watch.on('error', () => {});
  watch.unref();
}

process.on('uncaughtExceptionMonitor', (error) => {
  if (process.connected) send({ passed: 0, outcomes: [], died: encodeError(error) });
});
// The pool has ended, or the program has.
process.on('disconnect', () => exit(0));
// Ctrl-C reaches the whole group: it is the parent's to decide.
process.on('SIGINT', () => {});
