import { ADDRCONFIG, ALL, V4MAPPED } from 'node:dns';
import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { domainToASCII } from 'node:url';
import { ValueError } from '@loop/core';
import {
  type AddressInfo,
  AF_INET,
  AF_INET6,
  AF_UNSPEC,
  AI_ADDRCONFIG,
  AI_ALL,
  AI_CANONNAME,
  AI_NUMERICHOST,
  AI_NUMERICSERV,
  AI_PASSIVE,
  AI_V4MAPPED,
  IPPROTO_TCP,
  IPPROTO_UDP,
  OSError,
  type ResolveOptions,
  SOCK_DGRAM,
  SOCK_RAW,
  SOCK_STREAM,
} from '@loop/posix';
import { checkInteger, describe } from '@loop/posix/internal';
import { fromNodeError } from '../backend/node-error.ts';
import { familyOfHost, fromNodeAddress } from '../socket/node-address.ts';
import { type ServiceProtocol, servicePort } from './services.ts';

/** A kind of socket that an address is given for. */
interface Kind {
  readonly type: number;
  readonly proto: number;
  readonly service: ServiceProtocol | null;
}

const KINDS: readonly Kind[] = [
  { type: SOCK_STREAM, proto: IPPROTO_TCP, service: 'tcp' },
  { type: SOCK_DGRAM, proto: IPPROTO_UDP, service: 'udp' },
  { type: SOCK_RAW, proto: 0, service: null },
];

// glibc's own, for names in other scripts, which Node translates anyway.
const AI_IDN = 0x40;
const AI_CANONIDN = 0x80;
const KNOWN_FLAGS =
  AI_PASSIVE |
  AI_CANONNAME |
  AI_NUMERICHOST |
  AI_NUMERICSERV |
  AI_V4MAPPED |
  AI_ALL |
  AI_ADDRCONFIG |
  AI_IDN |
  AI_CANONIDN;

/**
 * What `getaddrinfo` of `@loop/posix` gives, by Node's own resolver, which is the system's too. Node asks
 * for addresses only: services and kinds of sockets are put to them here, and the canonical name is the
 * one that was asked for.
 *
 * @see getaddrinfo(3), Node `dns.lookup`
 */
export async function getaddrinfoByNode(
  host: string | Uint8Array | null,
  port: string | number | Uint8Array | null,
  { family = AF_UNSPEC, type = 0, proto = 0, flags = 0 }: ResolveOptions = {},
): Promise<AddressInfo[]> {
  checkInteger(family, 'family');
  checkInteger(type, 'type');
  checkInteger(proto, 'proto');
  checkInteger(flags, 'flags');
  const name = hostText(host);
  const service = serviceText(port);
  if (name === null && service === null) throw failure('ENOTFOUND', name);
  if (![AF_UNSPEC, AF_INET, AF_INET6].includes(family)) throw failure('EAI_FAMILY', name);
  if ((flags & ~KNOWN_FLAGS) !== 0) throw failure('EAI_BADFLAGS', name);
  const kinds = portsOf(kindsOf(type, proto, service, name), service, flags, name);
  const addresses = await addressesOfHost(name, family, flags);
  const canonical = (flags & AI_CANONNAME) === 0 ? '' : (name ?? '');
  return addresses.flatMap((address, row) =>
    kinds.map(([kind, number], column): AddressInfo => {
      const first = row === 0 && column === 0;
      const sockaddr = fromNodeAddress(address, number);
      return [familyOfHost(address), kind.type, kind.proto, first ? canonical : '', sockaddr];
    }),
  );
}

async function addressesOfHost(
  name: string | null,
  family: number,
  flags: number,
): Promise<string[]> {
  if (name === null) return wildcardOrLoopback(family, (flags & AI_PASSIVE) !== 0);
  const version = isIP(name);
  if (version !== 0) {
    const actual = version === 6 ? AF_INET6 : AF_INET;
    if (family === AF_UNSPEC || family === actual) return [name];
    throw failure('EAI_ADDRFAMILY', name);
  }
  if ((flags & AI_NUMERICHOST) !== 0 || name === '') throw failure('ENOTFOUND', name);
  try {
    const found = await lookup(name, {
      all: true,
      verbatim: true,
      family: family === AF_INET ? 4 : family === AF_INET6 ? 6 : 0,
      hints: hintsOf(flags),
    });
    return found.map(({ address }) => address);
  } catch (error) {
    throw fromNodeError(error, 'getaddrinfo', { address: name });
  }
}

function wildcardOrLoopback(family: number, passive: boolean): string[] {
  const both = passive ? ['0.0.0.0', '::'] : ['::1', '127.0.0.1'];
  return both.filter((address) => family === AF_UNSPEC || familyOfHost(address) === family);
}

/** @throws {OSError} There is no such kind. */
function kindsOf(type: number, proto: number, service: string | null, name: string | null): Kind[] {
  if (type === SOCK_RAW) {
    // Raw sockets have no ports.
    if (service !== null) throw failure('EAI_SERVICE', name);
    return [{ type, proto, service: null }];
  }
  const kinds = KINDS.filter(
    (kind) => (type === 0 || type === kind.type) && (proto === 0 || proto === kind.proto),
  );
  if (kinds.length > 0) return kinds;
  throw failure(type === 0 ? 'EAI_SERVICE' : 'EAI_SOCKTYPE', name);
}

/** The kinds that the service is there for, each with its port. */
function portsOf(
  kinds: readonly Kind[],
  service: string | null,
  flags: number,
  name: string | null,
): Array<[kind: Kind, port: number]> {
  const number = service === null ? 0 : /^[+-]?\d+$/.test(service) ? Number(service) : null;
  if (number !== null) return kinds.map((kind) => [kind, number & 0xffff]);
  if ((flags & AI_NUMERICSERV) !== 0) throw failure('ENOTFOUND', name);
  const found: Array<[Kind, number]> = [];
  for (const kind of kinds) {
    const port = kind.service === null ? null : servicePort(service as string, kind.service);
    if (port !== null) found.push([kind, port]);
  }
  if (found.length === 0) throw failure('EAI_SERVICE', name);
  return found;
}

function hintsOf(flags: number): number {
  return (
    ((flags & AI_ADDRCONFIG) === 0 ? 0 : ADDRCONFIG) |
    ((flags & AI_V4MAPPED) === 0 ? 0 : V4MAPPED) |
    ((flags & AI_ALL) === 0 ? 0 : ALL)
  );
}

function hostText(host: string | Uint8Array | null): string | null {
  if (host === null) return null;
  const text = host instanceof Uint8Array ? Buffer.from(host).toString() : host;
  if (typeof text !== 'string') {
    throw new TypeError(`Expected host to be a string, bytes or null, got ${describe(host)}`);
  }
  checkNoNull(text, 'host');
  if (Buffer.byteLength(text) === text.length) return text;
  const ascii = domainToASCII(text);
  if (ascii !== '') return ascii;
  throw failure('ENOTFOUND', text);
}

function serviceText(port: string | number | Uint8Array | null): string | null {
  if (port === null) return null;
  if (typeof port === 'number') {
    checkInteger(port, 'port', 0, 0xffff);
    return String(port);
  }
  const text = port instanceof Uint8Array ? Buffer.from(port).toString() : port;
  if (typeof text !== 'string') {
    throw new TypeError(`Expected port to be a number, string or null, got ${describe(port)}`);
  }
  checkNoNull(text, 'port');
  // As the C library takes it.
  return text === '' ? '0' : text;
}

function checkNoNull(text: string, name: string): void {
  if (!text.includes('\0')) return;
  throw new ValueError(`Expected ${name} to be without a null character, got ${describe(text)}`);
}

function failure(code: string, address: string | null): OSError {
  return new OSError(code, { syscall: 'getaddrinfo', ...(address === null ? {} : { address }) });
}
