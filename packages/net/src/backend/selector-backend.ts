import { installPoller, perLoop, type EventLoop } from '@loop/core';
import { DefaultSelector, type FileObject, type Selector } from '@loop/posix';
import {
  type DescriptorOwner,
  type DescriptorOwners,
  descriptorOwners,
} from './descriptor-owners.ts';
import { SelectorPoller } from './selector-poller.ts';

/** What waits for descriptors, for one loop. */
export class SelectorBackend {
  readonly poller: SelectorPoller;
  readonly #owners: DescriptorOwners;

  constructor(loop: EventLoop, selector: Selector) {
    this.#owners = descriptorOwners(loop);
    this.poller = installPoller(loop, (wake) => new SelectorPoller(loop, selector, wake));
  }

  /** See {@link DescriptorOwners.claim}. */
  claim(fd: number, owner: DescriptorOwner): void {
    this.#owners.claim(fd, owner);
  }

  release(fd: number): void {
    this.#owners.release(fd);
  }

  /** See {@link DescriptorOwners.freeDescriptor}. */
  freeDescriptor(fileobj: FileObject): number {
    return this.#owners.freeDescriptor(fileobj);
  }

  /** See {@link DescriptorOwners.checkFree}. */
  checkFree(fd: number): void {
    this.#owners.checkFree(fd);
  }
}

const chosen = new WeakMap<EventLoop, Selector>();

/** Has `loop` use `selector` when it first needs one. */
export function chooseSelector(loop: EventLoop, selector: Selector): void {
  chosen.set(loop, selector);
}

/** Frees the selector that the loop was given and never used. */
export function closeUnusedSelector(loop: EventLoop): void {
  chosen.get(loop)?.close();
  chosen.delete(loop);
}

/**
 * What waits for the descriptors of a loop, made when it is first needed. A loop on the proactor has
 * one too, once sockets are used by hand there: who has such sockets has selectors.
 */
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
