import { libc } from '../ffi/library.ts';
import { terminated } from './string-vector.ts';

const X_OK = 1;

/**
 * Whether this process may run what is at `path`, or search it if it is a directory.
 *
 * @see access(2)
 */
export function isExecutable(path: Uint8Array): boolean {
  return libc.access(terminated(path), X_OK) === 0;
}
