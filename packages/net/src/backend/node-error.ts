import { OSError, type OSErrorOptions } from '@loop/posix';

/**
 * An error of the system that Node reports, as ours; anything else as it is.
 *
 * @param syscall - The call as the C library names it, where Node names a step of its own.
 */
export function fromNodeError(error: unknown, syscall: string, options?: OSErrorOptions): unknown {
  const { code, errno } = error as Partial<NodeJS.ErrnoException>;
  // Node's own codes begin with ERR_, and those errors have no errno.
  if (error instanceof OSError || typeof code !== 'string' || code.startsWith('ERR_')) return error;
  if (errno === undefined && !code.startsWith('E')) return error;
  return new OSError(code, { syscall, cause: error, ...options });
}
