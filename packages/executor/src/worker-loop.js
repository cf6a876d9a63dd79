// What a worker does, thread or process alike. A file of its own kind: Node 20 starts no TypeScript in
// a worker. `wire.ts` is the other end and describes the messages.
// @ts-check

/**
 * @typedef {import('./wire.ts').Batch} Batch
 * @typedef {import('./wire.ts').Reply} Reply
 * @typedef {import('./wire.ts').Thrown} Thrown
 * @typedef {import('./offloadable.ts').Source} Source
 * @typedef {(this: unknown, ...args: readonly unknown[]) => unknown} Func
 * @typedef {object} Port
 * @property {(reply: Reply, transfer: readonly unknown[]) => void} post
 * @property {(sequence: number) => boolean} start - false if the job was withdrawn.
 * @property {string} name - what the worker is called.
 */

/** What a job's function is called with as `this`, and finds by this symbol on `globalThis`. */
const JOB = Symbol.for('@loop/executor.job');
/** Context variables that travel: see `travelling-variables.ts`. */
const VARIABLES = Symbol.for('@loop/executor.variables');

// Replies wait for one another no longer than this.
const FLUSH_AFTER_MS = 1;

/** A job called `process.exit()`: it ends the job, not the worker. */
class Exit extends Error {
  /** @override */
  name = 'SystemExit';
  /** @param {number | string | null | undefined} code */
  constructor(code) {
    super(code === undefined || code === null ? '' : String(code));
    this.code = code ?? null;
  }
}

export class WorkerLoop {
  /** @type {Port} */
  #port;
  /** @type {Map<number, Func | Promise<Func>>} */
  #functions = new Map();
  /** @type {Map<number, LazyAbort>} */
  #running = new Map();
  /** @type {Array<[number, boolean, unknown]>} */
  #outcomes = [];
  /** @type {unknown[]} */
  #transfers = [];
  #done = 0;
  #passed = 0;
  #begun = 0;
  #last = 0;
  /** @type {Promise<void>} */
  #tail = Promise.resolve();
  #busy = false;

  /** @param {Port} port */
  constructor(port) {
    this.#port = port;
    // oxlint-disable-next-line typescript/unbound-method -- put back as it was
    const exit = process.exit;
    process.exit = (code) => {
      throw new Exit(code);
    };
    // The runtime itself exits by the same function, when an error outside of jobs ends the worker.
    process.on('uncaughtExceptionMonitor', () => {
      process.exit = exit;
    });
  }

  /**
   * Runs the initializer, if there is one.
   * @param {Source | null} source
   * @param {readonly unknown[]} args
   */
  initialize(source, args) {
    if (source === null) return;
    this.#busy = true;
    this.#tail = (async () => {
      try {
        const func = await compile(source);
        await func.apply(undefined, [...args]);
      } catch (error) {
        this.#port.post(
          { done: 0, passed: 0, elapsedMs: 0, outcomes: [], broken: encodeError(error) },
          [],
        );
      }
      this.#busy = false;
    })();
  }

  /** @param {Batch} batch */
  receive(batch) {
    for (const [id, source] of batch.sources) this.#functions.set(id, prepare(source));
    if (!this.#busy) {
      const rest = this.#runSync(batch.jobs);
      if (rest === batch.jobs.length) return this.#flush();
      this.#busy = true;
      this.#tail = this.#runRest(batch.jobs.slice(rest));
    } else {
      this.#tail = this.#tail.then(() => this.#runRest(batch.jobs));
    }
  }

  /** @param {number} sequence */
  abort(sequence) {
    this.#running.get(sequence)?.abort();
  }

  /**
   * Runs jobs as long as they are synchronous, with no promise between them.
   * @param {Batch['jobs']} jobs
   * @returns {number} how many are over
   */
  #runSync(jobs) {
    this.#begun = performance.now();
    for (let index = 0; index < jobs.length; index += 1) {
      const job = /** @type {Batch['jobs'][number]} */ (jobs[index]);
      const func = this.#functions.get(job[1]);
      if (func === undefined || typeof func !== 'function') return index;
      if (!this.#port.start(job[0])) {
        this.#pass(job[0]);
        continue;
      }
      const result = this.#call(job, func);
      if (isThenable(result)) {
        this.#pending = { job, result };
        return index;
      }
      this.#flushLate();
    }
    return jobs.length;
  }

  /** @type {{ job: Batch['jobs'][number], result: PromiseLike<unknown> } | null} */
  #pending = null;

  /** @param {Batch['jobs']} jobs */
  async #runRest(jobs) {
    this.#busy = true;
    if (this.#begun === 0) this.#begun = performance.now();
    for (const job of jobs) {
      const pending = this.#pending;
      if (pending !== null && pending.job === job) {
        this.#pending = null;
        this.#flush();
        await this.#settle(job, pending.result);
        continue;
      }
      /** @type {Func} */
      let func;
      try {
        func = await /** @type {Func | Promise<Func>} */ (this.#functions.get(job[1]));
      } catch (error) {
        if (this.#port.start(job[0])) this.#record(job[0], false, encodeThrown(error));
        this.#pass(job[0]);
        continue;
      }
      if (!this.#port.start(job[0])) {
        this.#pass(job[0]);
        continue;
      }
      const result = this.#call(job, func);
      if (isThenable(result)) await this.#settle(job, result);
      this.#flushLate();
    }
    this.#flush();
    this.#busy = false;
  }

  /**
   * Calls the function; a plain outcome is recorded.
   * @param {Batch['jobs'][number]} job
   * @param {Func} func
   * @returns {unknown} a promise, or undefined if the job is over
   */
  #call([sequence, , args, variables], func) {
    const controller = new LazyAbort();
    this.#running.set(sequence, controller);
    const context = new JobContext(controller, this.#transfers, this.#port.name);
    const global = /** @type {Record<symbol, unknown>} */ (/** @type {unknown} */ (globalThis));
    global[JOB] = context;
    try {
      const result =
        variables === null
          ? func.apply(context, /** @type {unknown[]} */ (args))
          : withVariables(variables, () => func.apply(context, /** @type {unknown[]} */ (args)));
      if (isThenable(result)) return result;
      this.#end(sequence, true, result);
    } catch (error) {
      this.#end(sequence, false, encodeThrown(explain(error, func)));
    } finally {
      global[JOB] = undefined;
    }
    return undefined;
  }

  /**
   * @param {Batch['jobs'][number]} job
   * @param {PromiseLike<unknown>} result
   */
  async #settle([sequence], result) {
    try {
      this.#end(sequence, true, await result);
    } catch (error) {
      this.#end(sequence, false, encodeThrown(explain(error, null)));
    }
  }

  /**
   * @param {number} sequence
   * @param {boolean} ok
   * @param {unknown} value
   */
  #end(sequence, ok, value) {
    this.#running.delete(sequence);
    this.#record(sequence, ok, value);
    this.#pass(sequence);
  }

  /**
   * The job is over, or was withdrawn: its place is free.
   * @param {number} sequence
   */
  #pass(sequence) {
    this.#done += 1;
    this.#passed = sequence + 1;
  }

  /**
   * @param {number} sequence
   * @param {boolean} ok
   * @param {unknown} value
   */
  #record(sequence, ok, value) {
    if (this.#outcomes.length === 0) this.#last = performance.now();
    this.#outcomes.push([sequence, ok, value]);
  }

  #flushLate() {
    if (performance.now() - this.#last > FLUSH_AFTER_MS) this.#flush();
  }

  #flush() {
    const outcomes = this.#outcomes;
    const transfers = this.#transfers;
    const reply = {
      done: this.#done,
      passed: this.#passed,
      elapsedMs: performance.now() - this.#begun,
      outcomes,
    };
    if (this.#done === 0 && outcomes.length === 0) return;
    this.#outcomes = [];
    this.#transfers.splice(0);
    this.#done = 0;
    this.#begun = performance.now();
    try {
      this.#port.post(reply, [...transfers]);
    } catch {
      this.#port.post(
        { ...reply, outcomes: outcomes.map((outcome) => this.#sendable(outcome)) },
        [],
      );
    }
  }

  /**
   * One result that cannot be cloned must not hold back the others.
   * @param {[number, boolean, unknown]} outcome
   * @returns {[number, boolean, unknown]}
   */
  #sendable(outcome) {
    try {
      structuredClone(outcome[2]);
      return outcome;
    } catch (error) {
      return [outcome[0], false, encodeThrown(error)];
    }
  }
}

/** An AbortController that is made when the job asks for its signal. */
class LazyAbort {
  /** @type {AbortController | null} */
  controller = null;
  aborted = false;

  abort() {
    this.aborted = true;
    this.controller?.abort();
  }

  get signal() {
    if (this.controller === null) {
      this.controller = new AbortController();
      if (this.aborted) this.controller.abort();
    }
    return this.controller.signal;
  }
}

class JobContext {
  #abort;
  #transfers;

  /**
   * @param {LazyAbort} abort
   * @param {unknown[]} transfers
   * @param {string} workerName
   */
  constructor(abort, transfers, workerName) {
    this.#abort = abort;
    this.#transfers = transfers;
    this.workerName = workerName;
  }

  get signal() {
    return this.#abort.signal;
  }

  /**
   * @template T
   * @param {T} value
   * @param {readonly unknown[]} list
   */
  transfer(value, list) {
    this.#transfers.push(...list);
    return value;
  }
}

/**
 * @param {Source} source
 * @returns {Func | Promise<Func>}
 */
function prepare(source) {
  if (source.kind === 'code') {
    try {
      return evaluate(source);
    } catch (error) {
      const failed = Promise.reject(error);
      failed.catch(() => {});
      return failed;
    }
  }
  const loading = load(source);
  loading.catch(() => {});
  return loading;
}

/**
 * @param {Source} source
 * @returns {Promise<Func>}
 */
async function compile(source) {
  return source.kind === 'code' ? evaluate(source) : load(source);
}

/**
 * @param {Extract<Source, { kind: 'code' }>} source
 * @returns {Func}
 */
function evaluate(source) {
  // The text is a function that the program itself passed to its pool.
  // oxlint-disable-next-line no-eval
  const func = /** @type {Func} */ ((0, eval)(source.code));
  selfContained.add(func);
  return func;
}

/** @type {WeakSet<Func>} */
const selfContained = new WeakSet();

/**
 * @param {Extract<Source, { kind: 'module' }>} source
 * @returns {Promise<Func>}
 */
async function load({ url, exportName }) {
  const module = /** @type {Record<string, unknown>} */ (await importModule(url));
  const found =
    module[exportName] ??
    /** @type {Record<string, unknown> | undefined} */ (module['default'])?.[exportName];
  if (typeof found !== 'function') {
    throw new TypeError(
      `${url} exports no function ${exportName}; it exports ${Object.keys(module).join(', ') || 'nothing'}`,
    );
  }
  return /** @type {Func} */ (found);
}

/**
 * @param {string} url
 * @returns {Promise<unknown>}
 */
async function importModule(url) {
  // Where Node does not strip types, tsx may: it does not reach the workers of Node 20 by itself.
  if (/\.[cm]?tsx?$/.test(url) && !stripsTypes && !tsxTried) {
    tsxTried = true;
    const register = await findTsx(url);
    register?.();
  }
  return import(url);
}

const stripsTypes = Boolean(/** @type {{ typescript?: unknown }} */ (process.features).typescript);
let tsxTried = false;

/**
 * @param {string} url
 * @returns {Promise<(() => void) | null>}
 */
async function findTsx(url) {
  const { createRequire } = await import('node:module');
  const { pathToFileURL } = await import('node:url');
  const loader = process.execArgv.find((argument) => argument.includes('/tsx/dist/'));
  for (const base of [loader, url, `${process.cwd()}/`]) {
    if (base === undefined) continue;
    try {
      const api = createRequire(base)
        .resolve('tsx/esm/api')
        .replace(/\.cjs$/, '.mjs');
      const { register } = await import(pathToFileURL(api).href);
      return register;
    } catch {
      // Not to be found from there.
    }
  }
  return null;
}

/**
 * @param {Readonly<Record<string, unknown>>} variables
 * @param {() => unknown} run
 */
function withVariables(variables, run) {
  const global = /** @type {Record<symbol, unknown>} */ (/** @type {unknown} */ (globalThis));
  const apply =
    /** @type {((values: typeof variables, run: () => unknown) => unknown) | undefined} */ (
      global[VARIABLES]
    );
  return apply === undefined ? run() : apply(variables, run);
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

/**
 * A function that was sent as text has lost what it saw where it was written.
 * @param {unknown} error
 * @param {Func | null} func
 */
function explain(error, func) {
  if (!(error instanceof ReferenceError) || (func !== null && !selfContained.has(func)))
    return error;
  const name = /^(\S+) is not defined$/.exec(error.message)?.[1];
  if (name === undefined) return error;
  error.message = `${name} is not defined in the worker: a function that is sent there sees its arguments and globals, not the variables around it. Pass ${name} as an argument, define it inside the function, or export the function from a module and use moduleFunction(import.meta.url, '...')`;
  return error;
}

/**
 * @param {unknown} thrown
 * @returns {Thrown}
 */
function encodeThrown(thrown) {
  if (thrown instanceof Error) return { error: encodeError(thrown) };
  try {
    return { value: structuredClone(thrown) };
  } catch {
    return { error: encodeError(new Error(String(thrown))) };
  }
}

/**
 * @param {unknown} thrown
 * @param {number} [depth]
 * @returns {import('./wire.ts').WireError}
 */
function encodeError(thrown, depth = 0) {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  /** @type {Record<string, unknown>} */
  const properties = {};
  for (const [key, value] of Object.entries(error)) {
    if (key === 'name' || key === 'args' || key === 'errors' || key === 'cause') continue;
    try {
      properties[key] = structuredClone(value);
    } catch {
      properties[key] = String(value);
    }
  }
  const { cause, errors, args } =
    /** @type {{ cause?: unknown, errors?: unknown, args?: unknown }} */ (error);
  return {
    name:
      error.name === 'Error' && error.constructor.name !== '' ? error.constructor.name : error.name,
    message: error.message,
    stack: error.stack ?? `${error.name}: ${error.message}`,
    ...(cause === undefined || depth > 8 ? {} : { cause: encodeInner(cause, depth) }),
    ...(Array.isArray(errors) ? { errors: errors.map((each) => encodeInner(each, depth)) } : {}),
    ...(Array.isArray(args) ? { args } : {}),
    properties,
  };
}

/**
 * @param {unknown} thrown
 * @param {number} depth
 * @returns {Thrown}
 */
function encodeInner(thrown, depth) {
  return thrown instanceof Error ? { error: encodeError(thrown, depth + 1) } : encodeThrown(thrown);
}
