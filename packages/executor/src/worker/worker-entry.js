// The entry of a pool's thread.
// @ts-check
import { parentPort, workerData } from 'node:worker_threads';
import { replaceExit } from './job-exit.js';
import { setProgram } from './job-function.js';
import { ABORTED, OVER, QUEUED, STARTED } from './job-states.js';
import { WorkerLoop } from './worker-loop.js';

const port = /** @type {import('node:worker_threads').MessagePort} */ (parentPort);
const {
  states: words,
  initializer,
  initargs,
  name,
  program,
} = /** @type {import('../thread-seat.ts').ThreadData} */ (workerData);

const states = new Int32Array(words);
const exit = replaceExit();
setProgram(program);
const loop = new WorkerLoop({
  name,
  prompt: true,
  post: (reply, transfer) => {
    tellOutput();
    port.postMessage(
      reply,
      /** @type {import('node:worker_threads').TransferListItem[]} */ (transfer),
    );
  },
  start: (sequence) =>
    Atomics.compareExchange(states, sequence % states.length, QUEUED, STARTED) === QUEUED,
  end: (sequence) => void Atomics.store(states, sequence % states.length, OVER),
  aborted: (sequence) => Atomics.load(states, sequence % states.length) === ABORTED,
});
loop.initialize(initializer, initargs);

port.on('message', (message) => {
  if (message === null) exit(0);
  else if (typeof message === 'number') loop.abort(message);
  else loop.receive(message);
});
// What jobs print goes through the main thread, a piece at a time, and would be lost if the program
// ended with the last job's outcome: the pool is told that there is some, and when there is none left.
let writing = false;

function tellOutput() {
  if (writing || !outputWaits()) return;
  writing = true;
  port.postMessage(true);
  process.stdout.write('', () => {
    process.stderr.write('', () => {
      writing = false;
      port.postMessage(false);
      tellOutput();
    });
  });
}

function outputWaits() {
  return process.stdout.writableLength > 0 || process.stderr.writableLength > 0;
}

port.on('messageerror', (error) => {
  throw error;
});
