import { RuntimeError } from '@loop/core';

/** Set by a worker while it loads a module for its functions. */
const LOADING = Symbol.for('@loop/executor.loading');

let exiting = false;
process.prependOnceListener('exit', () => {
  exiting = true;
});

/** @throws {RuntimeError} The program is over, or has not begun: a worker loads it for a function. */
export function checkProgramRuns(): void {
  if (exiting) throw new RuntimeError('cannot schedule new futures after interpreter shutdown');
  const loading = (globalThis as { [LOADING]?: string })[LOADING];
  if (loading === undefined) return;
  throw new RuntimeError(
    `a worker is loading ${loading} for its functions, and the module starts work in a pool: let it do so in the main program only, if (process.argv[1] === import.meta.filename) ...`,
  );
}
