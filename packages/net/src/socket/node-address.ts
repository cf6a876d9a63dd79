/** Addresses as Node writes them, and as ours. */
import { networkInterfaces } from 'node:os';
import { AF_INET, AF_INET6, type PeerAddress, type SocketAddress } from '@loop/posix';
import { describe } from '@loop/posix/internal';

/** Ours of Node's, of either family. */
export function fromNodeAddress(host: string, port: number): PeerAddress {
  if (!host.includes(':')) return [host, port];
  const [address = '', zone] = host.split('%');
  return [address, port, 0, zone === undefined ? 0 : zoneIndex(zone)];
}

/**
 * The host of an address, as Node takes it: the scope of an IPv6 address is a part of it.
 *
 * @throws {TypeError} `address` is no address of a host.
 */
export function toNodeHost(address: SocketAddress): string {
  if (!Array.isArray(address) || typeof address[0] !== 'string') {
    throw new TypeError(`Expected address to be [host, port], got ${describe(address)}`);
  }
  const [host, , , scope = 0] = address as [string, number, number?, number?];
  if (scope === 0 || host.includes('%')) return host;
  return `${host}%${zoneName(scope)}`;
}

export function familyOfHost(host: string): number {
  return host.includes(':') ? AF_INET6 : AF_INET;
}

function zoneIndex(zone: string): number {
  if (/^\d+$/.test(zone)) return Number(zone);
  for (const address of networkInterfaces()[zone] ?? []) {
    if (address.family === 'IPv6' && address.scopeid !== 0) return address.scopeid;
  }
  return 0;
}

/** libuv wants the interface's name where systems have names for them. */
function zoneName(index: number): string {
  for (const [name, addresses = []] of Object.entries(networkInterfaces())) {
    if (addresses.some((each) => each.family === 'IPv6' && each.scopeid === index)) return name;
  }
  return String(index);
}
