/** Addresses as Node writes them, and as ours. */
import { isIPv6 } from 'node:net';
import { networkInterfaces } from 'node:os';
import { ValueError } from '@loop/core';
import { AF_INET, AF_INET6, OSError, type PeerAddress, type SocketAddress } from '@loop/posix';
import {
  checkInteger,
  describe,
  encodeAddress,
  propertiesOfAddress,
  SOCKADDR_SIZE,
} from '@loop/posix/internal';

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

/**
 * Port and host of an address to send to, as Node takes them.
 *
 * @throws {TypeError | ValueError} It is none of `family`, or no numeric one.
 * @throws {OSError} `EINVAL`: port 0, which Node takes for none.
 */
export function toNodeDestination(
  family: number,
  address: unknown,
  syscall: string,
): [port: number, host: string] {
  const target = toNodeTarget(family, address);
  if (target[0] !== 0) return target;
  throw new OSError('EINVAL', { syscall, ...propertiesOfAddress(address) });
}

/**
 * Port and host of an address, as Node takes them.
 *
 * @throws {TypeError | ValueError} It is none of `family`, or no numeric one.
 */
export function toNodeTarget(family: number, address: unknown): [port: number, host: string] {
  // The check is that of our own sockets; only IPv6 would need the C library for it.
  if (family === AF_INET) {
    encodeAddress(family, address, scratch);
    const [host, port] = address as [string, number];
    return [port, host === '' ? '0.0.0.0' : host === '<broadcast>' ? '255.255.255.255' : host];
  }
  const host = toNodeHost(address as SocketAddress);
  const [, port] = address as [string, number];
  checkInteger(port, 'port', 0, 0xffff);
  if (host !== '' && !isIPv6(host)) {
    throw new ValueError(
      `Expected host to be a numeric IPv6 address, got ${describe(host)}; getaddrinfo() resolves names`,
    );
  }
  return [port, host === '' ? '::' : host];
}

const scratch = Buffer.alloc(SOCKADDR_SIZE);

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
