import { ValueError } from '@loop/core';
import { checkBoolean } from '@loop/core/errors';
import { Socket, SOCK_STREAM } from '@loop/posix';
import { checkInteger, describe } from '@loop/posix/internal';

export { checkOptions } from '@loop/core/errors';

/** @throws {TypeError} `options` is no object. */
export function checkObject(options: unknown, method: string): void {
  if (typeof options === 'object' && options !== null && !Array.isArray(options)) return;
  throw new TypeError(
    `Expected the options of ${method}() to be an object, got ${describe(options)}`,
  );
}

/** @throws {TypeError | ValueError} One of the options named is given, and no integer of C. */
export function checkIntegers<K extends string>(
  options: Readonly<Partial<Record<K, unknown>>>,
  ...names: readonly K[]
): void {
  for (const name of names) if (given(options[name])) checkInteger(options[name], name);
}

/** @throws {TypeError} One of the options named is given, and neither true nor false. */
export function checkBooleans<K extends string>(
  options: Readonly<Partial<Record<K, unknown>>>,
  ...names: readonly K[]
): void {
  for (const name of names) {
    const value: unknown = options[name];
    if (given(value)) checkBoolean(value, name);
  }
}

/** @throws {TypeError} `value` has not all of the methods that are called. */
export function checkMethods(
  value: unknown,
  name: string,
  kind: string,
  ...methods: readonly string[]
): void {
  const members = (value ?? {}) as Readonly<Record<string, unknown>>;
  if (methods.every((method) => typeof members[method] === 'function')) return;
  throw new TypeError(`Expected ${name} to be ${kind}, got ${describe(value)}`);
}

/** @throws {TypeError} `sock` is no socket, or one that speaks TLS. */
export function checkSocket(sock: unknown): asserts sock is Socket {
  if (sock instanceof Socket) return;
  const isTls = typeof sock === 'object' && sock !== null && 'encrypted' in sock;
  throw new TypeError(
    isTls
      ? 'Socket cannot be of type SSLSocket'
      : `Expected sock to be a Socket, got ${describe(sock)}`,
  );
}

/**
 * The stream socket that the caller gives away.
 *
 * @throws {TypeError} It is no socket.
 * @throws {ValueError} It is no stream socket.
 */
export function checkStreamSocket(sock: unknown): Socket {
  checkSocket(sock);
  if (sock.type !== SOCK_STREAM) {
    throw new ValueError(`A Stream Socket was expected, got ${sock.toString()}`);
  }
  return sock;
}

/** @throws {TypeError} `factory` cannot be called, or only by `new`. */
export function checkFactory(factory: unknown): void {
  if (typeof factory !== 'function') {
    throw new TypeError(`Expected the protocol factory to be a function, got ${describe(factory)}`);
  }
  if (!/^class\b/.test(Function.prototype.toString.call(factory))) return;
  throw new TypeError(
    `Expected the protocol factory to be a function, got ${describe(factory)}: pass () => new ${factory.name}()`,
  );
}

/**
 * What a factory has made; it need not extend a class of ours.
 *
 * @throws {TypeError} It is no protocol.
 */
export function checkProtocol<P>(protocol: P): P {
  const { connectionMade } = (protocol ?? {}) as { connectionMade?: unknown };
  if (typeof connectionMade === 'function') return protocol;
  const hint = protocol instanceof Promise ? ': it must not be async' : '';
  throw new TypeError(
    `Expected the protocol factory to make a protocol, got ${describe(protocol)}${hint}`,
  );
}

/** @throws {TypeError} `host` is no name and no address. */
export function checkHost(host: unknown, name = 'host'): void {
  if (host === null || host === undefined || typeof host === 'string') return;
  if (host instanceof Uint8Array) return;
  throw new TypeError(`Expected ${name} to be a string, bytes or null, got ${describe(host)}`);
}

/** @throws {TypeError} `pair` is no host with a port. */
export function checkHostAndPort(pair: unknown, name: string): void {
  if (!Array.isArray(pair) || pair.length !== 2) {
    throw new TypeError(`Expected ${name} to be [host, port], got ${describe(pair)}`);
  }
  checkHost(pair[0], `the host of ${name}`);
}

/** @throws {TypeError | ValueError} `value` is neither null nor a number of `least` or more. */
export function checkAtLeast(value: unknown, least: number, name: string): void {
  if (value === null || value === undefined) return;
  if (typeof value !== 'number' || Number.isNaN(value)) {
    throw new TypeError(`Expected ${name} to be a number or null, got ${describe(value)}`);
  }
  if (value < least) throw new ValueError(`Expected ${name} to be ${least} or more, got ${value}`);
}

/** @throws {TypeError} `pieces` cannot be iterated over. */
export function checkPieces(pieces: unknown): asserts pieces is Iterable<unknown> {
  const { [Symbol.iterator]: iterator } = (pieces ?? {}) as { [Symbol.iterator]?: unknown };
  if (typeof iterator === 'function') return;
  throw new TypeError(`Expected pieces to be an iterable of bytes, got ${describe(pieces)}`);
}

/** @throws {TypeError | ValueError} `backlog` is no integer of 0 or more. */
export function checkBacklog(backlog: unknown): void {
  if (typeof backlog !== 'number' || !Number.isInteger(backlog)) {
    throw new TypeError(`Expected backlog to be an integer from 0 up, got ${describe(backlog)}`);
  }
  checkInteger(backlog, 'backlog', 0);
}

function given(value: unknown): boolean {
  return value !== null && value !== undefined;
}
