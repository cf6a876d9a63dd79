/**
 * Closes what a terminated worker leaves open. Node knows nothing of descriptors that came by FFI,
 * and `worker.terminate()` runs no JavaScript; a native hook of the environment still runs. At the end
 * of the main thread the kernel closes everything, so nothing is done there.
 *
 * Whoever owns a descriptor must disown it before it is closed or handed on: the number may belong to
 * another thread a moment later.
 */
import { isMainThread } from 'node:worker_threads';
import { addressOf, koffi, libc } from './library.ts';

/** Node aborts when one hook is added twice. */
const owned = new Set<number>();

/** Has `fd` closed with this thread, unless it is disowned before. */
export function own(fd: number): void {
  if (isMainThread || owned.has(fd)) return;
  owned.add(fd);
  libc.napi_add_env_cleanup_hook(environment(), addressOf('close'), fd);
}

export function disown(fd: number): void {
  if (isMainThread || !owned.delete(fd)) return;
  libc.napi_remove_env_cleanup_hook(environment(), addressOf('close'), fd);
}

function environment(): bigint {
  return koffi().node.env;
}
