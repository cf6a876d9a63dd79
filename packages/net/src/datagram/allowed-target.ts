import { ValueError } from '@loop/core';
import type { SocketAddress } from '@loop/posix';
import { addressText } from '../address-text.ts';

/**
 * Where a datagram goes: to `address`, or to `remote` where that is the only address there is.
 *
 * @throws {ValueError} `address` is another one.
 */
export function allowedTarget(
  address: SocketAddress | null,
  remote: SocketAddress | null,
): SocketAddress | null {
  if (remote === null) return address;
  if (address === null || address === remote || addressText(address) === addressText(remote))
    return remote;
  throw new ValueError(
    `Invalid address: must be None or ${addressText(remote)}, got ${addressText(address)}`,
  );
}
