import type { FileObject } from '@loop/posix';
import {
  closeDescriptor,
  type DescriptorKind,
  descriptorKind,
  filenoOf,
  setNonblocking,
} from '@loop/posix/internal';
import { ValueError } from '@loop/core';

/** What is taken for a pipe: a descriptor, or an object that has one and can be closed. */
export type PipeObject = FileObject & { close?(): unknown };

/** A pipe in the hands of a transport, which closes it once. */
export class PipeFile {
  readonly object: PipeObject;
  readonly fd: number;
  readonly kind: DescriptorKind;
  #closed = false;

  /**
   * @param refusal - What to say of a file or directory.
   * @throws {ValueError} `pipe` has no descriptor, or is of a kind that cannot be watched.
   */
  constructor(pipe: PipeObject, kinds: readonly DescriptorKind[], refusal: string) {
    this.object = pipe;
    this.fd = filenoOf(pipe);
    this.kind = descriptorKind(this.fd);
    if (!kinds.includes(this.kind)) throw new ValueError(`${refusal}, got a ${this.kind}`);
    setNonblocking(this.fd);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    const { object } = this;
    if (typeof object === 'object' && typeof object.close === 'function') void object.close();
    else closeDescriptor(this.fd);
  }
}
