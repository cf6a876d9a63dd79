import { isIP } from 'node:net';
import { type Coroutine, type EventLoop, type Future, operation, wrapFuture } from '@loop/core';
import {
  AF_INET,
  AF_INET6,
  AF_UNSPEC,
  type AddressInfo,
  getaddrinfo as resolveByLibrary,
  getnameinfo as nameByLibrary,
  IPPROTO_TCP,
  IPPROTO_UDP,
  OSError,
  type ResolveOptions,
  SOCK_DGRAM,
  SOCK_STREAM,
  type SocketAddress,
} from '@loop/posix';
import { checkInteger, describe } from '@loop/posix/internal';
import { addressText } from './address-text.ts';
import { backendName } from './backend/backend-name.ts';
import { checkOptions } from './check-options.ts';
import { getaddrinfoByNode } from './resolver/node-getaddrinfo.ts';
import { getnameinfoByNode } from './resolver/node-getnameinfo.ts';

/** What is taken for a host. */
export type Host = string | Uint8Array | null | undefined;
/** What is taken for a port: a number, or the text of one, or the name of a service. */
export type Port = number | string | Uint8Array | null | undefined;

/** See `EventLoop.getaddrinfo`. */
export function getaddrinfo(
  loop: EventLoop,
  host: Host,
  port: Port,
  options: ResolveOptions = {},
): Future<AddressInfo[]> {
  return operation(function* () {
    checkOptions(options, ['family', 'type', 'proto', 'flags'], 'getaddrinfo');
    checkPortRange(port);
    const started = loop.time();
    const resolve = backendName(loop) === 'selector' ? resolveByLibrary : getaddrinfoByNode;
    const found = yield* wrapFuture(resolve(host ?? null, port ?? null, options), { loop });
    if (loop.getDebug()) report(loop, addressText([host, port]), found, started);
    return found;
  }, loop);
}

/** See `EventLoop.getnameinfo`. */
export function getnameinfo(
  loop: EventLoop,
  address: SocketAddress,
  flags = 0,
): Future<[host: string, service: string]> {
  return operation(function* () {
    checkInteger(flags, 'flags');
    const name = backendName(loop) === 'selector' ? nameByLibrary : getnameinfoByNode;
    return yield* wrapFuture(name(address as never, flags), { loop });
  }, loop);
}

/**
 * The addresses of a host: a numeric one as it is, a name by the loop's own `getaddrinfo`.
 *
 * @throws {OSError} There are none.
 */
export function* addressesOf(
  loop: EventLoop,
  host: Host,
  port: Port,
  options: ResolveOptions,
): Coroutine<AddressInfo[]> {
  checkPortRange(port);
  const literal = literalAddress(host, port, options);
  if (literal !== null) return [literal];
  const found = yield* loop.getaddrinfo(host, port, options);
  if (found.length === 0) {
    throw new OSError('ENOTFOUND', {
      message: `getaddrinfo(${addressText(host ?? null)}) returned empty list`,
      syscall: 'getaddrinfo',
    });
  }
  return found;
}

/** What the resolver would say of a numeric host and port, or `null` where only it can tell. */
export function literalAddress(
  host: Host,
  port: Port,
  { family = AF_UNSPEC, type = 0, proto = 0 }: ResolveOptions,
): AddressInfo | null {
  const actual = protocolOf(type, proto);
  const number = portNumber(port);
  if (host === null || host === undefined || actual === null || number === null) return null;
  const text = textOf(host) as string;
  const version = text.includes('%') ? 0 : isIP(text);
  if (version === 4 && (family === AF_UNSPEC || family === AF_INET)) {
    return [AF_INET, type, actual, '', [text, number]];
  }
  if (version === 6 && (family === AF_UNSPEC || family === AF_INET6)) {
    return [AF_INET6, type, actual, '', [text, number, 0, 0]];
  }
  return null;
}

/** The protocol that a type implies; `null` for combinations that the resolver has to judge. */
function protocolOf(type: number, proto: number): number | null {
  if (type === SOCK_STREAM && (proto === 0 || proto === IPPROTO_TCP)) return IPPROTO_TCP;
  if (type === SOCK_DGRAM && (proto === 0 || proto === IPPROTO_UDP)) return IPPROTO_UDP;
  return null;
}

/** @throws {RangeError} `port` is a number that no port has; in the reference an `OverflowError`. */
function checkPortRange(port: Port): void {
  const number = portNumber(port);
  if (number === null) return;
  if (!Number.isInteger(number)) {
    throw new TypeError(`Expected port to be an integer, got ${describe(port)}`);
  }
  if (number < 0 || number > 65535) {
    throw new RangeError(`Expected port to be from 0 to 65535, got ${describe(port)}`);
  }
}

/** Debug mode: what was looked up and how long that took. */
function report(
  loop: EventLoop,
  target: string,
  found: readonly AddressInfo[],
  started: number,
): void {
  const seconds = loop.time() - started;
  const addresses = found.map((each) => addressText(each[4])).join(', ');
  const text = `Getting address info ${target} took ${(seconds * 1000).toFixed(3)}ms: [${addresses}]`;
  if (seconds >= loop.slowCallbackDuration) console.info(text);
  else console.debug(text);
}

function portNumber(port: Port): number | null {
  if (port === null || port === undefined) return 0;
  if (typeof port === 'number') return port;
  if (typeof port !== 'string' && !(port instanceof Uint8Array)) {
    throw new TypeError(`Expected port to be a number, string or bytes, got ${describe(port)}`);
  }
  const text = textOf(port) as string;
  if (text === '') return 0;
  return /^[+-]?\d+$/.test(text) ? Number(text) : null;
}

function textOf(value: string | Uint8Array | null): string | null {
  return value instanceof Uint8Array ? Buffer.from(value).toString() : value;
}
