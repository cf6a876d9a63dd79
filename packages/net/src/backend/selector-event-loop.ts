import { EventLoop, type EventLoopOptions } from '@loop/core';
import type { Selector } from '@loop/posix';
import { describe } from '@loop/posix/internal';
import { chooseBackend } from './backend-name.ts';
import { chooseSelector } from './selector-backend.ts';

/**
 * A loop on readiness: own sockets and a selector.
 *
 * @see CPython `asyncio.SelectorEventLoop`
 */
export class SelectorEventLoop extends EventLoop {
  /**
   * @param selector - By default the best of the platform. It is the loop's from now on, and closed with it.
   * @throws {TypeError} `selector` is none.
   */
  constructor(selector?: Selector | null, options: EventLoopOptions = {}) {
    super(options);
    chooseBackend(this, 'selector');
    if (selector === undefined || selector === null) return;
    if (typeof selector.register !== 'function' || typeof selector.select !== 'function') {
      throw new TypeError(`Expected selector to be a Selector, got ${describe(selector)}`);
    }
    chooseSelector(this, selector);
  }
}
