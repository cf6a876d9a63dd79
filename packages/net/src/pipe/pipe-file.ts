import { ValueError } from '@loop/core';
import type { FileObject } from '@loop/posix';
import {
  closeDescriptor,
  type DescriptorKind,
  descriptorKind,
  filenoOf,
  setNonblocking,
} from '@loop/posix/internal';

/** What is taken for a pipe: a descriptor, or an object that has one and can be closed. */
export type PipeObject = FileObject & { close?(): unknown };

/** The end of a pipe. */
export type PipeEnd = 'read' | 'write';

/** A pipe in the hands of a transport, which closes it once. */
export class PipeFile {
  readonly object: PipeObject;
  readonly fd: number;
  readonly kind: DescriptorKind;
  #closed = false;

  /** @throws {ValueError} `pipe` has no descriptor, or is of a kind that cannot be watched. */
  constructor(pipe: PipeObject, end: PipeEnd) {
    this.object = pipe;
    this.fd = filenoOf(pipe);
    this.kind = checkedKind(this.fd, end);
    setNonblocking(this.fd);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    if (!closeObject(this.object)) closeDescriptor(this.fd);
  }
}

const REFUSALS = {
  read: 'Pipe transport is for pipes/sockets only.',
  write: 'Pipe transport is only for pipes, sockets and character devices',
};

/**
 * What `fd` is open on.
 *
 * @throws {ValueError} A file or a directory: they are always ready.
 */
export function checkedKind(fd: number, end: PipeEnd): DescriptorKind {
  const kind = descriptorKind(fd);
  if (kind === 'pipe' || kind === 'socket' || kind === 'character') return kind;
  throw new ValueError(`${REFUSALS[end]}, got a ${kind}`);
}

/** Whether the object could be closed by a method of its own. */
export function closeObject(object: PipeObject): boolean {
  if (typeof object !== 'object' || typeof object.close !== 'function') return false;
  void object.close();
  return true;
}
