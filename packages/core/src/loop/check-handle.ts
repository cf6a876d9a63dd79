import { Context } from '../context/context.ts';
import { describe } from '../error/describe.ts';

const MAKERS = 'handles are made by loop.callSoon(), callLater(), callAt() and createHandle()';

/**
 * Refuses what a handle cannot be made of, as by hand it may be.
 *
 * @param when - The due time of a timer; any number for another handle.
 * @throws {TypeError} It names the part, and what makes handles.
 */
export function checkHandle(
  loop: { readonly _host: object } | undefined | null,
  callback: unknown,
  args: unknown,
  context: unknown,
  when: unknown,
): void {
  if (loop?._host === undefined) refuse('loop', 'an EventLoop', loop);
  if (typeof callback !== 'function') refuse('callback', 'a function', callback);
  if (!Array.isArray(args)) refuse('args', 'an array', args);
  if (context !== null && !(context instanceof Context)) refuse('context', 'a Context', context);
  if (typeof when !== 'number' || Number.isNaN(when)) refuse('when', 'a number', when);
}

function refuse(name: string, expected: string, given: unknown): never {
  throw new TypeError(`Expected ${name} to be ${expected}, got ${describe(given)}: ${MAKERS}`);
}
