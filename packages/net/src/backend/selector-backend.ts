import { installPoller, perLoop, RuntimeError, type EventLoop } from '@loop/core';
import { DefaultSelector, type FileObject, type Selector } from '@loop/posix';
import { filenoOf } from '@loop/posix/internal';
import { SelectorPoller } from './selector-poller.ts';

/** A transport, as far as its descriptor goes. */
export interface DescriptorOwner {
  isClosing(): boolean;
  toString(): string;
}

/** What the selector backend keeps for one loop. */
export class SelectorBackend {
  readonly poller: SelectorPoller;
  readonly #owners = new Map<number, DescriptorOwner>();

  constructor(loop: EventLoop, selector: Selector) {
    this.poller = installPoller(loop, (wake) => new SelectorPoller(loop, selector, wake));
  }

  /** The descriptor belongs to `owner`, a transport, until {@link release}. */
  claim(fd: number, owner: DescriptorOwner): void {
    this.#owners.set(fd, owner);
  }

  release(fd: number): void {
    this.#owners.delete(fd);
  }

  /**
   * The descriptor of `fileobj`, for use by hand.
   *
   * @throws {ValueError} It has none.
   * @throws {RuntimeError} A transport that is not closing uses it.
   */
  freeDescriptor(fileobj: FileObject): number {
    const fd = filenoOf(fileobj);
    this.checkFree(fd);
    return fd;
  }

  /** @throws {RuntimeError} A transport that is not closing uses `fd`. */
  checkFree(fd: number): void {
    const owner = this.#owners.get(fd);
    if (owner === undefined || owner.isClosing()) return;
    throw new RuntimeError(`File descriptor ${fd} is used by transport ${owner.toString()}`);
  }
}

const chosen = new WeakMap<EventLoop, Selector>();

/** Has `loop` use `selector` when it first needs one. */
export function chooseSelector(loop: EventLoop, selector: Selector): void {
  chosen.set(loop, selector);
}

/** Frees a selector that the loop was given and never used. */
export function closeUnusedSelector(loop: EventLoop): void {
  chosen.get(loop)?.close();
  chosen.delete(loop);
}

/** The backend of a loop, made when it is first needed. */
export const selectorBackend: (loop: EventLoop) => SelectorBackend = perLoop((loop) => {
  const selector = chosen.get(loop) ?? new DefaultSelector();
  try {
    const backend = new SelectorBackend(loop, selector);
    chosen.delete(loop);
    return backend;
  } catch (error) {
    if (!chosen.has(loop)) selector.close();
    throw error;
  }
});
