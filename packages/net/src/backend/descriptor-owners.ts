import { type EventLoop, perLoop, RuntimeError } from '@loop/core';
import type { FileObject } from '@loop/posix';
import { filenoOf } from '@loop/posix/internal';

/** Who has a descriptor: a transport, or a listening socket. */
export interface DescriptorOwner {
  /** Whether the descriptor may be used by hand. */
  isClosing(): boolean;
  toString(): string;
  /** Frees the descriptor, and calls nobody: the loop is closed. */
  _drop?(): void;
}

/** The transport of a stream: not always what its channel tells of bytes. */
export type StreamOwner = DescriptorOwner & { _drop(): void };

/** Which descriptors belong to transports and servers of one loop. */
export class DescriptorOwners {
  readonly #owners = new Map<number, DescriptorOwner>();

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

/** Those of a loop. */
export const descriptorOwners: (loop: EventLoop) => DescriptorOwners = perLoop(
  () => new DescriptorOwners(),
);
