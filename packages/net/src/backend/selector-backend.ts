import { installPoller, perLoop, RuntimeError, type EventLoop } from '@loop/core';
import { DefaultSelector, type FileObject, type Selector } from '@loop/posix';
import { filenoOf } from '@loop/posix/internal';
import { SelectorPoller } from './selector-poller.ts';

/** Who has a descriptor: a transport, or a listening socket. */
export interface DescriptorOwner {
  /** Whether the descriptor may be used by hand. */
  isClosing(): boolean;
  toString(): string;
  /** Frees the descriptor, and calls nobody: the loop is closed. */
  _drop?(): void;
}

/** What the selector backend keeps for one loop. */
export class SelectorBackend {
  readonly poller: SelectorPoller;
  readonly #owners = new Map<number, DescriptorOwner>();

  constructor(loop: EventLoop, selector: Selector) {
    this.poller = installPoller(loop, (wake) => new SelectorPoller(loop, selector, wake));
  }

  /** The descriptor belongs to `owner` until {@link release}. */
  claim(fd: number, owner: DescriptorOwner): void {
    this.#owners.set(fd, owner);
  }

  release(fd: number): void {
    this.#owners.delete(fd);
  }

  /** Frees what is open still: callbacks cannot run any more, and nobody collects descriptors. */
  dropAll(): void {
    for (const owner of this.#owners.values()) owner._drop?.();
    this.#owners.clear();
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

/** Frees what the loop was given and never used, or never closed. */
export function closeBackend(loop: EventLoop): void {
  chosen.get(loop)?.close();
  chosen.delete(loop);
  made.get(loop)?.dropAll();
}

const made = new WeakMap<EventLoop, SelectorBackend>();

/** The backend of a loop, made when it is first needed. */
export const selectorBackend: (loop: EventLoop) => SelectorBackend = perLoop((loop) => {
  const selector = chosen.get(loop) ?? new DefaultSelector();
  try {
    const backend = new SelectorBackend(loop, selector);
    chosen.delete(loop);
    made.set(loop, backend);
    return backend;
  } catch (error) {
    if (!chosen.has(loop)) selector.close();
    throw error;
  }
});
