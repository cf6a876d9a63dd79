import { ValueError } from '@loop/core/errors';
import { describe } from './describe.ts';

/** What is taken where a descriptor is expected: a number, or anything that has one. */
export type FileObject = number | { fileno(): number } | { readonly fd: number };

/**
 * The descriptor of `fileobj`.
 *
 * @throws {ValueError} It has none, or it is closed: -1.
 * @see CPython `selectors._fileobj_to_fd`
 */
export function filenoOf(fileobj: unknown): number {
  const fd = typeof fileobj === 'number' ? fileobj : numberIn(fileobj);
  if (typeof fd !== 'number' || !Number.isInteger(fd)) {
    throw new ValueError(`Invalid file object: ${describe(fileobj)}`);
  }
  if (fd < 0 || fd > 0x7fffffff) throw new ValueError(`Invalid file descriptor: ${fd}`);
  return fd;
}

function numberIn(fileobj: unknown): unknown {
  if (typeof fileobj !== 'object' || fileobj === null) return undefined;
  if ('fileno' in fileobj && typeof fileobj.fileno === 'function') {
    return (fileobj.fileno as () => unknown)();
  }
  return 'fd' in fileobj ? fileobj.fd : undefined;
}
