// What a worker does, thread or process alike: one job after the other. JavaScript, because Node 20
// starts no TypeScript in a worker; `wire.ts` is the other end and describes the messages.
// @ts-check
import { encodeError, encodeThrown } from './encode-error.js';
import { JobContext } from './job-context.js';
import { JobFunction } from './job-function.js';
import { explainUnsendable } from './unsendable.js';

/**
 * @typedef {import('../wire.ts').Batch} Batch
 * @typedef {import('../wire.ts').Outcome} Outcome
 * @typedef {import('../wire.ts').Reply} Reply
 * @typedef {import('../offloadable.ts').Source} Source
 * @typedef {object} Port
 * @property {string} name - what the worker is called.
 * @property {boolean} prompt - whether each outcome travels alone, and none waits for a later job.
 * @property {(reply: Reply, transfer: readonly unknown[]) => void} post
 * @property {(sequence: number) => boolean} start - false if the job was withdrawn.
 * @property {(sequence: number) => void} end
 * @property {(sequence: number) => boolean} aborted
 * @typedef {object} Work
 * @property {number} sequence
 * @property {JobFunction} func
 * @property {readonly unknown[]} args
 * @property {Readonly<Record<string, unknown>> | null} variables
 */

// Outcomes of quick jobs wait for one another no longer than this.
const FLUSH_AFTER_MS = 1;

export class WorkerLoop {
  /** @type {Port} */
  #port;
  /** @type {Map<number, JobFunction>} */
  #functions = new Map();
  /** What is done is `null`: its arguments may be large. @type {(Work | null)[]} */
  #work = [];
  #next = 0;
  /** The initializer, a module that is loaded, or an asynchronous job: the others wait. */
  #busy = false;
  /** @type {JobContext | null} */
  #running = null;
  /** @type {Outcome[]} */
  #outcomes = [];
  /** @type {(readonly unknown[])[]} */
  #transfers = [];
  #passed = 0;
  #told = 0;
  #unsentSince = 0;

  /** @param {Port} port */
  constructor(port) {
    this.#port = port;
  }

  /**
   * Runs the initializer. One that fails breaks the pool, and no job runs here.
   * @param {Source | null} source
   * @param {readonly unknown[]} args
   */
  initialize(source, args) {
    if (source === null) return;
    this.#busy = true;
    const initializer = new JobFunction(source);
    initializer
      .load()
      .then((func) => func.apply(undefined, [...args]))
      .then(
        () => this.#resume(),
        (error) => {
          const broken = encodeError(initializer.explain(error));
          this.#port.post({ passed: 0, outcomes: [], broken }, []);
        },
      );
  }

  /** @param {Batch} batch */
  receive({ forget, sources, jobs }) {
    if (forget) this.#functions = new Map();
    for (const [id, source] of sources) this.#functions.set(id, new JobFunction(source));
    for (const [sequence, id, args, variables] of jobs) {
      const func = /** @type {JobFunction} */ (this.#functions.get(id));
      this.#work.push({ sequence, func, args, variables });
    }
    if (!this.#busy) this.#run();
  }

  /**
   * @param {number} sequence
   * @returns {boolean} whether the job is still to come
   */
  abort(sequence) {
    if (this.#running?.sequence === sequence) this.#running.abort();
    return sequence >= this.#passed && this.#running?.sequence !== sequence;
  }

  /** Runs jobs up to the first that takes until later; `#resume` goes on from there. */
  #run() {
    while (this.#next < this.#work.length) {
      const work = /** @type {Work} */ (this.#work[this.#next]);
      this.#work[this.#next] = null;
      this.#next += 1;
      if (work.func.ready ? this.#execute(work) : this.#load(work)) return;
    }
    this.#work = [];
    this.#next = 0;
    this.#flush();
  }

  #resume() {
    this.#busy = false;
    this.#run();
  }

  /** @param {Work} work */
  #load(work) {
    this.#flush();
    this.#busy = true;
    const loaded = () => {
      if (!this.#execute(work)) this.#resume();
    };
    work.func.load().then(loaded, loaded);
    return true;
  }

  /**
   * @param {Work} work
   * @returns {boolean} whether the job takes until later
   */
  #execute({ sequence, func, args, variables }) {
    if (!this.#port.start(sequence)) {
      this.#passed = sequence + 1;
      return false;
    }
    const job = new JobContext(this.#port, sequence);
    this.#running = job;
    let ok = true;
    /** @type {unknown} */
    let value;
    try {
      value = func.call(job, args, variables);
      if (isThenable(value)) {
        this.#await(job, func, value);
        return true;
      }
    } catch (error) {
      ok = false;
      value = encodeThrown(func.explain(error));
    }
    this.#end(job, ok, value);
    return false;
  }

  /**
   * @param {JobContext} job
   * @param {JobFunction} func
   * @param {PromiseLike<unknown>} result
   */
  #await(job, func, result) {
    const ended = Promise.resolve(result).then(
      (value) => this.#end(job, true, value),
      (error) => this.#end(job, false, encodeThrown(func.explain(error))),
    );
    this.#busy = true;
    this.#flush();
    void ended.then(() => this.#resume());
  }

  /**
   * @param {JobContext} job
   * @param {boolean} ok
   * @param {unknown} value
   */
  #end(job, ok, value) {
    const now = performance.now();
    this.#running = null;
    this.#port.end(job.sequence);
    if (this.#outcomes.length === 0) this.#unsentSince = now;
    this.#outcomes.push([job.sequence, ok, value, now - job.begun]);
    this.#transfers.push(ok ? job.transfers : []);
    this.#passed = job.sequence + 1;
    if (this.#port.prompt || now - this.#unsentSince > FLUSH_AFTER_MS) this.#flush();
  }

  #flush() {
    if (this.#passed === this.#told) return;
    const outcomes = this.#outcomes;
    const transfers = this.#transfers;
    this.#outcomes = [];
    this.#transfers = [];
    this.#told = this.#passed;
    try {
      this.#port.post({ passed: this.#passed, outcomes }, transfers.flat());
    } catch {
      // One result that cannot be cloned must not hold back the others.
      outcomes.forEach((outcome, index) => this.#send(outcome, transfers[index] ?? []));
    }
  }

  /**
   * @param {Outcome} outcome
   * @param {readonly unknown[]} transfer
   */
  #send(outcome, transfer) {
    const passed = outcome[0] + 1;
    try {
      this.#port.post({ passed, outcomes: [outcome] }, transfer);
    } catch (error) {
      const explained = explainUnsendable(error, 'the result of a job', outcome[2], 'result');
      const failed = /** @type {Outcome} */ ([
        outcome[0],
        false,
        encodeThrown(explained),
        outcome[3],
      ]);
      this.#port.post({ passed, outcomes: [failed] }, []);
    }
  }
}

/**
 * @param {unknown} value
 * @returns {value is PromiseLike<unknown>}
 */
function isThenable(value) {
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof (/** @type {{ then?: unknown }} */ (value).then) === 'function'
  );
}
