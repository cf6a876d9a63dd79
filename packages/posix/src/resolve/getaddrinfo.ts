import { domainToASCII } from 'node:url';
import { isUint8Array } from 'node:util/types';
import { checkOptions, ValueError } from '@loop/core/errors';
import { checkInteger } from '../check-argument.ts';
import { describe } from '../describe.ts';
import { addrinfo } from '../ffi/layouts.ts';
import { libc, viewOf } from '../ffi/library.ts';
import { OSError } from '../os-error.ts';
import { decodeAddress, type PeerAddress } from '../socket/socket-address.ts';
import { callResolver } from './call-resolver.ts';

export interface ResolveOptions {
  readonly family?: number | undefined;
  readonly type?: number | undefined;
  readonly proto?: number | undefined;
  /** `AI_*` */
  readonly flags?: number | undefined;
}

/** One way to reach a host; `canonname` is empty unless `AI_CANONNAME` asks for it. */
export type AddressInfo = [
  family: number,
  type: number,
  proto: number,
  canonname: string,
  sockaddr: PeerAddress,
];

/**
 * The addresses of a host and service, by the C library's own resolver on another thread: what hosts
 * files, name services and the system's order of preference say holds.
 *
 * @param host - A name or numeric address; `null` is loopback, or every interface with `AI_PASSIVE`.
 * @param port - A number, or the name of a service; `null` is 0.
 * @throws {OSError} The name is not known: `ENOTFOUND`; otherwise `EAI_*`, such as `EAI_SERVICE`.
 * @see CPython `socket.getaddrinfo`; getaddrinfo(3)
 */
export async function getaddrinfo(
  host: string | Uint8Array | null,
  port: string | number | Uint8Array | null,
  options: ResolveOptions = {},
): Promise<AddressInfo[]> {
  checkOptions(options, ['family', 'type', 'proto', 'flags'], 'getaddrinfo');
  const { family = 0, type = 0, proto = 0, flags = 0 } = options;
  checkInteger(family, 'family');
  checkInteger(type, 'type');
  checkInteger(proto, 'proto');
  checkInteger(flags, 'flags');
  const node = hostText(host);
  const service = serviceText(port);
  const hints = Buffer.alloc(addrinfo.size);
  hints.writeInt32LE(flags, addrinfo.flags);
  hints.writeInt32LE(family, addrinfo.family);
  hints.writeInt32LE(type, addrinfo.type);
  hints.writeInt32LE(proto, addrinfo.protocol);
  const result = new BigUint64Array(1);
  await callResolver('getaddrinfo', [node, service, hints, result], {
    ...(node === null ? {} : { address: node }),
    ...(typeof port === 'number' ? { port } : {}),
  });
  const list = Number(result[0]);
  try {
    return [...entries(list)];
  } finally {
    libc.freeaddrinfo(list);
  }
}

/** A linked list in C's memory, which is freed once it has been read. */
function* entries(list: number): Generator<AddressInfo> {
  for (let entry = list; entry !== 0;) {
    const fields = Buffer.from(viewOf(entry, addrinfo.size));
    const pointer = (offset: number): number => Number(fields.readBigUInt64LE(offset));
    const length = fields.readUInt32LE(addrinfo.addressLength);
    const address = pointer(addrinfo.address);
    const name = pointer(addrinfo.canonicalName);
    yield [
      fields.readInt32LE(addrinfo.family),
      fields.readInt32LE(addrinfo.type),
      fields.readInt32LE(addrinfo.protocol),
      name === 0 ? '' : textAt(name),
      decodeAddress(Buffer.from(viewOf(address, length)), length),
    ];
    entry = pointer(addrinfo.next);
  }
}

function textAt(address: number): string {
  const length = libc.strlen(address);
  return length === 0 ? '' : Buffer.from(viewOf(address, length)).toString();
}

function hostText(host: string | Uint8Array | null): string | null {
  if (host === null || host === undefined) return null;
  const text = isUint8Array(host) ? Buffer.from(host).toString() : host;
  if (typeof text !== 'string') {
    throw new TypeError(`Expected host to be a string, bytes or null, got ${describe(host)}`);
  }
  checkNoNull(text, 'host');
  if (isAscii(text)) return text;
  const ascii = domainToASCII(text);
  if (ascii !== '') return ascii;
  throw new OSError('ENOTFOUND', { syscall: 'getaddrinfo', address: text });
}

function serviceText(port: string | number | Uint8Array | null): string | null {
  if (port === null || port === undefined) return null;
  if (typeof port === 'number') {
    checkInteger(port, 'port', 0, 0xffff);
    return String(port);
  }
  const text = isUint8Array(port) ? Buffer.from(port).toString() : port;
  if (typeof text !== 'string') {
    throw new TypeError(`Expected port to be a number, string or null, got ${describe(port)}`);
  }
  checkNoNull(text, 'port');
  return text;
}

/** C would take what stands before it for the whole. */
function checkNoNull(text: string, name: string): void {
  if (text.includes('\0')) {
    throw new ValueError(`Expected ${name} to be without a null character, got ${describe(text)}`);
  }
}

function isAscii(text: string): boolean {
  return Buffer.byteLength(text) === text.length;
}
