import { givenContext, type Context } from '../context/context.ts';
import { checkCallback, checkOptions, type Callback } from '../error/check-argument.ts';
import type { CallbackOptions } from './abstract-event-loop.ts';

/**
 * Takes the options off the front of `([options,] ...args)`; what stays in `args` is what a caller
 * without options gives.
 *
 * @returns The context to run in.
 */
export function takeContext(args: unknown[], method: string): Context | null {
  const [first] = args;
  if (args.length < 2 || typeof first !== 'object' || first === null)
    return givenContext(undefined);
  checkOptions(first, ['context'], method);
  args.shift();
  return givenContext((first as CallbackOptions).context);
}

/** Takes the callback off the front of `args`. */
export function takeCallback(args: unknown[], method: string): Callback {
  const callback = args.shift();
  checkCallback(callback, method);
  return callback;
}
