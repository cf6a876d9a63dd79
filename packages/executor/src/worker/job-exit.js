// @ts-check

/** A job called `process.exit()`: it ends the job, not the worker. */
class SystemExit extends Error {
  /** @override */
  name = 'SystemExit';
  /** @param {number | string | null | undefined} code */
  constructor(code) {
    super(code === undefined || code === null ? '' : String(code));
    this.code = code ?? null;
  }
}

/**
 * From now on `process.exit()` throws.
 * @returns {(code?: number) => never} what ends the worker
 */
export function replaceExit() {
  const exit = process.exit.bind(process);
  // oxlint-disable-next-line typescript/unbound-method -- put back as it was
  const original = process.exit;
  process.exit = (code) => {
    throw new SystemExit(code);
  };
  // The runtime itself exits by the same function, when an error outside of jobs ends the worker.
  process.on('uncaughtExceptionMonitor', () => {
    process.exit = original;
  });
  return exit;
}
