import { ContextVar, copyContext, ValueError } from '@loop/core';
import { describe } from '@loop/core/errors';

/** Where `worker/job-function.js` finds the function that sets the values that came along. */
const REGISTRY = Symbol.for('@loop/executor.variables');

const variables = new Map<string, ContextVar<unknown>>();

/**
 * Lets the values of `variable` travel with `toThread`: a job finds the caller's value. Both sides
 * have to make it known, so call it in the module that declares the variable, and have the job's
 * module import that one. The value has to be clonable; what the job sets does not come back.
 *
 * @returns `variable`
 * @throws {ValueError} Another variable of that name travels.
 * @throws {TypeError} `variable` is no ContextVar.
 */
export function travelling<T>(variable: ContextVar<T>): ContextVar<T> {
  if (!(variable instanceof ContextVar)) {
    throw new TypeError(`Expected variable to be a ContextVar, got ${describe(variable)}`);
  }
  const known = variables.get(variable.name);
  if (known !== undefined && known !== variable) {
    throw new ValueError(`another variable that travels is named ${describe(variable.name)}`);
  }
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
