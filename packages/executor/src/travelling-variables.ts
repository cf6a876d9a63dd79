import { copyContext, type ContextVar } from '@loop/core';

const REGISTRY = Symbol.for('@loop/executor.variables');

const variables = new Map<string, ContextVar<unknown>>();

/**
 * Lets the values of `variable` travel with `toThread`: a job finds the caller's value. Both sides
 * have to make it known, so call it in the module that declares the variable, and have the job's
 * module import that one. The value has to be clonable; what the job sets does not come back.
 *
 * @returns `variable`
 */
export function travelling<T>(variable: ContextVar<T>): ContextVar<T> {
  variables.set(variable.name, variable);
  return variable;
}

/** The values to send along with a job: those that are set here and now. */
export function travellingValues(): Readonly<Record<string, unknown>> | null {
  if (variables.size === 0) return null;
  const context = copyContext();
  const values: Record<string, unknown> = {};
  for (const [name, variable] of variables) {
    if (context.has(variable)) values[name] = context.get(variable);
  }
  return Object.keys(values).length === 0 ? null : values;
}

/** Runs a job in a worker with the values that came along. */
function runWith(values: Readonly<Record<string, unknown>>, run: () => unknown): unknown {
  return copyContext().run(() => {
    for (const [name, value] of Object.entries(values)) variables.get(name)?.set(value);
    return run();
  });
}

// A worker's loop knows nothing of this module; it looks here.
(globalThis as unknown as Record<symbol, unknown>)[REGISTRY] = runWith;
