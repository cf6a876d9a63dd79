import { LookupError } from '@loop/core/errors';
import { libc, viewOf } from '../ffi/library.ts';

// struct passwd: name, password, uid; struct group: name, password, gid. On Linux and macOS alike.
const ID = 16;

/**
 * The number of a user, who may be named.
 *
 * @throws {LookupError} There is no such user.
 * @see getpwnam(3)
 */
export function userId(user: number | string): number {
  if (typeof user === 'number') return user;
  return idAt(libc.getpwnam(user), `getpwnam(): name not found: ${JSON.stringify(user)}`);
}

/**
 * The number of a group.
 *
 * @throws {LookupError} There is no such group.
 * @see getgrnam(3)
 */
export function groupId(group: number | string): number {
  if (typeof group === 'number') return group;
  return idAt(libc.getgrnam(group), `getgrnam(): name not found: ${JSON.stringify(group)}`);
}

function idAt(address: number, missing: string): number {
  if (address === 0) throw new LookupError(missing);
  return new DataView(viewOf(address, ID + 4)).getUint32(ID, true);
}
