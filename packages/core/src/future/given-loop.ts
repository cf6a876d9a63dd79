import { checkOptions } from '../error/check-argument.ts';
import { describe } from '../error/describe.ts';
import { AbstractEventLoop } from '../loop/abstract-event-loop.ts';

/** The option that says which loop a future is bound to. */
export interface LoopOption {
  readonly loop?: AbstractEventLoop | null | undefined;
}

/**
 * The loop that the options of `method` name, or `null` where they name none.
 *
 * @throws {TypeError} They hold anything else.
 */
export function givenLoop(options: LoopOption, method: string): AbstractEventLoop | null {
  checkOptions(options, ['loop'], method);
  const loop = options.loop ?? null;
  if (loop === null || loop instanceof AbstractEventLoop) return loop;
  throw new TypeError(`Expected loop to be an event loop, got ${describe(loop)}`);
}
