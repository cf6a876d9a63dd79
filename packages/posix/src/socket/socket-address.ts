/** Socket addresses: the reference's tuples on our side, `struct sockaddr` on the other. */
import { ValueError } from '@loop/core/errors';
import { isIPv4, isIPv6 } from 'node:net';
import { isUint8Array } from 'node:util/types';
import { checkInteger } from '../check-argument.ts';
import { AF_INET, AF_INET6, AF_UNIX } from '../constants/constants.ts';
import { describe } from '../describe.ts';
import { libc } from '../ffi/library.ts';
import { OSError } from '../os-error.ts';

export type IPv4Address = readonly [host: string, port: number];
export type IPv6Address = readonly [
  host: string,
  port: number,
  flowinfo?: number,
  scopeId?: number,
];
/** A path; one that starts with `\0` is a name in Linux' abstract namespace. Bytes for any other. */
export type UnixAddress = string | Uint8Array;
export type SocketAddress = IPv4Address | IPv6Address | UnixAddress;

/** What the kernel says: a Unix path that is not UTF-8 comes as a `Buffer`, no path as `''`. */
export type PeerAddress =
  | [host: string, port: number]
  | [host: string, port: number, flowinfo: number, scopeId: number]
  | string
  | Buffer;

export const SOCKADDR_SIZE = 128;
const UNIX_PATH_SIZE = process.platform === 'darwin' ? 104 : 108;
const SIZE_IN_FIRST_BYTE = process.platform === 'darwin';

/**
 * Writes `address` as a sockaddr of `family` to the start of `into`.
 *
 * @param into - At least {@link SOCKADDR_SIZE} bytes.
 * @returns The length of the sockaddr.
 * @throws {TypeError | ValueError} No address of that family, or its host is a name.
 */
export function encodeAddress(family: number, address: unknown, into: Buffer): number {
  const length = encodeBody(family, address, into);
  if (SIZE_IN_FIRST_BYTE) {
    into[0] = length;
    into[1] = family;
  } else {
    into.writeUInt16LE(family, 0);
  }
  return length;
}

/** The address in the first `length` bytes of `from`. */
export function decodeAddress(from: Buffer, length: number): PeerAddress {
  if (length < 2) return '';
  const family = familyIn(from);
  if (family === AF_INET && length >= 16) return [ipv4Text(from), from.readUInt16BE(2)];
  if (family === AF_INET6 && length >= 28) {
    return [ipv6Text(from), from.readUInt16BE(2), from.readUInt32BE(4), from.readUInt32LE(24)];
  }
  if (family === AF_UNIX) return unixPath(from.subarray(2, Math.min(length, 2 + UNIX_PATH_SIZE)));
  return Buffer.from(from.subarray(0, length));
}

/** The family of the sockaddr in `from`. */
export function familyIn(from: Buffer): number {
  return SIZE_IN_FIRST_BYTE ? from[1]! : from.readUInt16LE(0);
}

/** Host and port, or path, for the properties of an {@link OSError}. */
export function propertiesOfAddress(address: unknown): { address?: string; port?: number } {
  if (typeof address === 'string') return { address };
  if (!Array.isArray(address)) return {};
  return { address: String(address[0]), port: Number(address[1]) };
}

function encodeBody(family: number, address: unknown, into: Buffer): number {
  if (family === AF_INET) return encodeIPv4(address, into);
  if (family === AF_INET6) return encodeIPv6(address, into);
  if (family === AF_UNIX) return encodeUnix(address, into);
  throw new ValueError(`Expected a socket of AF_INET, AF_INET6 or AF_UNIX, got family ${family}`);
}

function encodeIPv4(address: unknown, into: Buffer): number {
  const [host, port] = tuple(address, 2, 2, '[host, port]');
  into.fill(0, 0, 16);
  into.writeUInt16BE(checkPort(port), 2);
  if (host === '') return 16;
  if (host === '<broadcast>') {
    into.fill(0xff, 4, 8);
    return 16;
  }
  into.writeUInt32LE(ipv4Words.get(host) ?? parseIPv4(host), 4);
  return 16;
}

/** The four bytes as they lie in memory. */
function parseIPv4(host: string): number {
  if (!isIPv4(host)) throw notNumeric(host, 'IPv4');
  const bytes = Buffer.from(host.split('.').map(Number));
  return keepText(bytes.readUInt32LE(0), host);
}

function encodeIPv6(address: unknown, into: Buffer): number {
  const [host, port, flowinfo = 0, scopeId = 0] = tuple(
    address,
    2,
    4,
    '[host, port, flowinfo, scopeId]',
  );
  into.fill(0, 0, 28);
  into.writeUInt16BE(checkPort(port), 2);
  checkInteger(flowinfo, 'flowinfo', 0, 0xfffff);
  into.writeUInt32BE(flowinfo, 4);
  checkScope(scopeId);
  into.writeUInt32LE(scopeId, 24);
  if (host === '') return 28;
  if (!isIPv6(host)) throw notNumeric(host, 'IPv6');
  const percent = host.indexOf('%');
  libc.inet_pton(AF_INET6, percent < 0 ? host : host.slice(0, percent), into.subarray(8, 24));
  if (percent >= 0) into.writeUInt32LE(zoneIndex(host, host.slice(percent + 1)), 24);
  return 28;
}

function encodeUnix(address: unknown, into: Buffer): number {
  if (typeof address !== 'string' && !isUint8Array(address)) {
    throw new TypeError(
      `Expected address to be the path of a Unix socket, got ${describe(address)}`,
    );
  }
  const path = typeof address === 'string' ? Buffer.from(address) : address;
  // No path at all makes Linux choose an abstract name.
  const abstract = path.length === 0 || path[0] === 0;
  if (!abstract && path.includes(0)) {
    throw new ValueError(
      `Expected address to be a path without a null byte, got ${describe(address)}`,
    );
  }
  if (path.length > UNIX_PATH_SIZE - (abstract ? 0 : 1)) {
    throw new OSError('ENAMETOOLONG', {
      message: `ENAMETOOLONG: AF_UNIX path too long, got ${path.length} bytes: ${describe(address)}`,
    });
  }
  into.set(path, 2);
  if (abstract) return 2 + path.length;
  into[2 + path.length] = 0;
  return 3 + path.length;
}

function tuple(
  address: unknown,
  least: number,
  most: number,
  shape: string,
): [string, unknown, unknown?, unknown?] {
  const fits = Array.isArray(address) && address.length >= least && address.length <= most;
  if (!fits || typeof address[0] !== 'string') {
    throw new TypeError(`Expected address to be ${shape}, got ${describe(address)}`);
  }
  return address as [string, unknown, unknown?, unknown?];
}

function checkPort(port: unknown): number {
  checkInteger(port, 'port', 0, 0xffff);
  return port;
}

function checkScope(scopeId: unknown): asserts scopeId is number {
  if (typeof scopeId !== 'number' || !Number.isInteger(scopeId)) {
    throw new TypeError(`Expected scopeId to be an integer, got ${describe(scopeId)}`);
  }
  if (scopeId < 0 || scopeId > 0xffffffff) {
    throw new ValueError(`Expected scopeId to be from 0 to 4294967295, got ${scopeId}`);
  }
}

function notNumeric(host: string, kind: string): ValueError {
  return new ValueError(
    `Expected host to be a numeric ${kind} address, got ${describe(host)}; getaddrinfo() resolves names`,
  );
}

function zoneIndex(host: string, zone: string): number {
  const index = /^\d+$/.test(zone) ? Number(zone) : libc.if_nametoindex(zone);
  if (index < 1 || index > 0xffffffff) {
    throw new ValueError(`Expected the zone of host to be an interface, got ${describe(host)}`);
  }
  return index;
}

/** Datagrams come from few hosts and go back to them: a look-up is quicker than making text or bytes. */
const ipv4Texts = new Map<number, string>();
const ipv4Words = new Map<string, number>();
const MOST_TEXTS = 1024;

function keepText(word: number, host: string): number {
  if (ipv4Texts.size === MOST_TEXTS) {
    ipv4Texts.clear();
    ipv4Words.clear();
  }
  ipv4Texts.set(word, host);
  ipv4Words.set(host, word);
  return word;
}

function ipv4Text(from: Buffer): string {
  const word = from.readUInt32LE(4);
  const known = ipv4Texts.get(word);
  if (known !== undefined) return known;
  const made = `${from[4]}.${from[5]}.${from[6]}.${from[7]}`;
  keepText(word, made);
  return made;
}

const text = Buffer.alloc(46);

function ipv6Text(from: Buffer): string {
  libc.inet_ntop(AF_INET6, from.subarray(8, 24), text, text.length);
  return text.toString('latin1', 0, text.indexOf(0));
}

function unixPath(bytes: Buffer): string | Buffer {
  const end = bytes[0] === 0 ? -1 : bytes.indexOf(0);
  const path = Buffer.from(end < 0 ? bytes : bytes.subarray(0, end));
  const utf8 = path.toString();
  return Buffer.from(utf8).equals(path) ? utf8 : path;
}
