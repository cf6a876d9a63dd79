// @ts-check
import Module, { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { loadModule } from './load-module.js';

/**
 * @typedef {import('../offloadable.ts').Source} Source
 * @typedef {(this: unknown, ...args: readonly unknown[]) => unknown} Func
 */

/** Where `travelling-variables.ts` puts the function that sets the values that came along. */
const VARIABLES = Symbol.for('@loop/executor.variables');
/** Where the program is: what a function that was sent as text imports is looked up from there. */
const PROGRAM = Symbol.for('@loop/executor.program');

const global = /** @type {Record<symbol, unknown> & { [PROGRAM]?: string }} */ (
  /** @type {unknown} */ (globalThis)
);

/** @param {string} program - the file of the main program, or a folder with a slash behind it. */
export function setProgram(program) {
  global[PROGRAM] = program;
}

/** A function that jobs name, loaded when the first of them is due. */
export class JobFunction {
  /** @type {Source} */
  #source;
  /** @type {Func | null} */
  #func = null;
  /** @type {unknown} */
  #failure = null;

  /** @param {Source} source */
  constructor(source) {
    this.#source = source;
    if (source.kind === 'code') this.#keep(() => evaluate(source));
  }

  /** Whether it can be called, if only to throw why it could not be loaded. */
  get ready() {
    return this.#func !== null || this.#failure !== null;
  }

  /** @returns {Promise<Func>} */
  async load() {
    const source = this.#source;
    if (source.kind === 'module') {
      try {
        const func = await loadModule(source.url, source.exportName);
        this.#keep(() => func);
      } catch (error) {
        this.#failure = error;
      }
    }
    if (this.#func === null) throw this.#failure;
    return this.#func;
  }

  /**
   * @param {unknown} job
   * @param {readonly unknown[]} args
   * @param {Readonly<Record<string, unknown>> | null} variables
   */
  call(job, args, variables) {
    const func = this.#func;
    if (func === null) throw this.#failure;
    const run = () => func.apply(job, /** @type {unknown[]} */ (args));
    const withVariables =
      /** @type {((values: object, run: () => unknown) => unknown) | undefined} */ (
        global[VARIABLES]
      );
    return variables === null || withVariables === undefined
      ? run()
      : withVariables(variables, run);
  }

  /**
   * A function that was sent as text has lost what it saw where it was written: says so.
   * @param {unknown} error
   */
  explain(error) {
    if (this.#source.kind === 'module' || !(error instanceof ReferenceError)) return error;
    const name = /^(\S+) is not defined$/.exec(error.message)?.[1];
    if (name === undefined) return error;
    const advice = name.startsWith('__')
      ? 'the compiler added it to the function that is sent there. Export'
      : `a function that is sent there sees its arguments and globals, not the variables around it. Pass ${name} as an argument, define or import it inside the function, or export`;
    error.message = `${name} is not defined in the worker: ${advice} the function from a module and use moduleFunction(import.meta.url, '...')`;
    return Object.assign(error, { outerVariable: name });
  }

  /** @param {() => Func} find */
  #keep(find) {
    try {
      this.#func = find();
    } catch (error) {
      this.#failure = error ?? new Error('it threw nothing');
    }
  }
}

/** @typedef {(code: string) => Func} Evaluate */

/** @type {Evaluate | null} */
let evaluateForProgram = null;

/**
 * @param {Extract<Source, { kind: 'code' }>} source
 * @returns {Func}
 */
function evaluate({ code, name }) {
  evaluateForProgram ??= evaluatorAt(join(dirname(global[PROGRAM] ?? `${process.cwd()}/`), 'job'));
  const func = evaluateForProgram(
    `return ${code}\n//# sourceURL=job:${name.replace(/\W/g, '_') || 'anonymous'}`,
  );
  if (typeof func !== 'function')
    throw new TypeError(`${name} is no function when it stands alone`);
  return func;
}

/**
 * Evaluates as a module of the program would: `import()` and `require()` find what it finds. `import()`
 * looks from the script that evaluates, therefore that script is made here, with the file's name.
 *
 * @param {string} file
 * @returns {Evaluate}
 */
function evaluatorAt(file) {
  // What bundlers make of inner functions calls this, to keep their names.
  const keepName = (/** @type {Func} */ func) => func;
  const module = /** @type {NodeModule & { _compile(code: string, file: string): void }} */ (
    new Module(file)
  );
  module._compile('module.exports = (...parts) => new Function(...parts);', file);
  const make = /** @type {(...parts: string[]) => Func} */ (module.exports);
  const require = createRequire(file);
  return (code) => {
    try {
      return /** @type {Func} */ (
        make('require', '__name', `'use strict'; ${code}`)(require, keepName)
      );
    } catch (error) {
      // A script may hold what strict code may not, and then it is called as it was written.
      if (!(error instanceof SyntaxError)) throw error;
      return /** @type {Func} */ (make('require', '__name', code)(require, keepName));
    }
  };
}
