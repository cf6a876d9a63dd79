import { RuntimeError } from '../error/errors.ts';
import type { EventLoop } from '../loop/event-loop.ts';
import { getRunningLoop } from '../loop/running-loop.ts';

/**
 * The loop that an object belongs to: the one under which something first had to wait for it.
 *
 * @see CPython `asyncio.mixins._LoopBoundMixin`
 */
export class LoopBinding {
  #loop: EventLoop | null = null;

  /**
   * The running loop, to which `owner` is bound from now on.
   *
   * @throws {RuntimeError} `owner` is bound to another loop, or none is running.
   */
  bind(owner: { toString(): string }): EventLoop {
    const loop = getRunningLoop();
    this.#loop ??= loop;
    if (this.#loop !== loop) {
      throw new RuntimeError(`${owner.toString()} is bound to a different event loop`);
    }
    return loop;
  }
}
