import { OSError } from '@loop/posix';
import { propertiesOfAddress } from '@loop/posix/internal';
import { addressText } from '../address-text.ts';

/** A failed connect, in the reference's words; `cause` has those of the system. */
export function connectError(cause: { readonly code: string }, address: unknown): OSError {
  return new OSError(cause.code, {
    message: `Connect call failed ${addressText(address)}: ${cause.code}`,
    syscall: 'connect',
    ...propertiesOfAddress(address),
    cause,
  });
}
