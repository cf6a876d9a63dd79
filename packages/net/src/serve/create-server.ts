import { type Coroutine, type EventLoop, gather, ValueError } from '@loop/core';
import {
  AF_UNSPEC,
  type AddressInfo,
  AI_PASSIVE,
  OSError,
  type Socket,
  SOCK_STREAM,
} from '@loop/posix';
import { operation } from '@loop/core';
import { addressText } from '../address-text.ts';
import type { Backend, BindOptions, Listener } from '../backend/backend.ts';
import { backendOf } from '../backend/choose-backend.ts';
import {
  checkBacklog,
  checkBooleans,
  checkFactory,
  checkHost,
  checkIntegers,
  checkOptions,
  checkStreamSocket,
} from '../check-options.ts';
import { bindError } from '../connect/create-connection.ts';
import { addressesOf, type Port } from '../resolve.ts';
import { serverTls, TLS_SERVER_OPTIONS, type TlsServerOptions } from '../tls/tls-options.ts';
import type { AnyStreamProtocol, ProtocolFactory } from '../transport/open-stream.ts';
import { Server } from './server.ts';

/** Options of every method that makes a server. */
export interface ServeOptions extends TlsServerOptions {
  /** How many connections the kernel queues at most; by default 100. */
  readonly backlog?: number | undefined;
  /** Whether to accept connections at once; by default true. */
  readonly startServing?: boolean | undefined;
}

/** Options of `createServer`. */
export interface CreateServerOptions extends ServeOptions {
  readonly family?: number | undefined;
  /** `AI_*`, for the resolver; by default `AI_PASSIVE`. */
  readonly flags?: number | undefined;
  /** A bound stream socket, in place of host and port. The server owns it from then on. */
  readonly sock?: Socket | null | undefined;
  /** `SO_REUSEADDR`; by default on, but not on Windows. */
  readonly reuseAddress?: boolean | null | undefined;
  /** `SO_REUSEPORT`: several servers can share the port. */
  readonly reusePort?: boolean | null | undefined;
  /** `SO_KEEPALIVE` on every connection. */
  readonly keepAlive?: boolean | null | undefined;
}

const DEFAULT_BACKLOG = 100;
/** Of every method that makes a server. */
export const SERVE_OPTIONS = [...TLS_SERVER_OPTIONS, 'sock', 'backlog', 'startServing'] as const;

const OPTIONS = [
  ...SERVE_OPTIONS,
  'family',
  'flags',
  'reuseAddress',
  'reusePort',
  'keepAlive',
] as const;

/** See `EventLoop.createServer`. */
export function* createServer(
  loop: EventLoop,
  factory: ProtocolFactory<AnyStreamProtocol>,
  host: string | readonly string[] | null | undefined,
  port: Port,
  options: CreateServerOptions,
): Coroutine<Server> {
  checkFactory(factory);
  if (Array.isArray(host)) for (const each of host) checkHost(each);
  else checkHost(host);
  checkOptions(options, OPTIONS, 'createServer');
  const tls = serverTls(loop, options);
  const { sock = null } = options;
  const { backlog, startServing } = servingOptions(options);
  checkIntegers(options, 'family', 'flags');
  checkBooleans(options, 'reuseAddress', 'reusePort', 'keepAlive');
  const hasHost = host !== null && host !== undefined;
  const hasPort = port !== null && port !== undefined;
  if ((hasHost || hasPort) && sock !== null) {
    throw new ValueError('host/port and sock can not be specified at the same time');
  }
  if (!hasHost && !hasPort && sock === null) {
    throw new ValueError('Neither host/port nor sock were specified');
  }
  const backend = backendOf(loop);
  let listeners: Listener[];
  if (sock === null) {
    const addresses = yield* resolveAll(loop, host ?? null, port, options);
    listeners = yield* bindAll(backend, addresses, {
      backlog,
      startServing,
      reuseAddress: options.reuseAddress ?? process.platform !== 'win32',
      reusePort: options.reusePort ?? false,
      keepAlive: options.keepAlive ?? false,
    });
  } else listeners = [backend.adoptListener(checkStreamSocket(sock), { backlog, startServing })];
  const server = new Server(loop, listeners, factory, { tls });
  return yield* started(server, startServing);
}

/**
 * What all servers take.
 *
 * @throws {TypeError | ValueError} They do not fit.
 */
export function servingOptions(options: ServeOptions): { backlog: number; startServing: boolean } {
  checkBooleans(options, 'startServing');
  const { backlog = DEFAULT_BACKLOG } = options;
  checkBacklog(backlog);
  return { backlog, startServing: options.startServing ?? true };
}

/** The server, accepting if it shall; closed if that fails. */
export function* started(server: Server, startServing: boolean): Coroutine<Server> {
  try {
    if (startServing) yield* server._start();
    return server;
  } catch (error) {
    server.close();
    throw error;
  }
}

/** The addresses of all hosts, each once. */
function* resolveAll(
  loop: EventLoop,
  host: string | readonly string[] | null,
  port: Port,
  options: CreateServerOptions,
): Coroutine<AddressInfo[]> {
  const hosts = host === null || host === '' ? [null] : typeof host === 'string' ? [host] : host;
  const hints = {
    family: options.family ?? AF_UNSPEC,
    type: SOCK_STREAM,
    flags: options.flags ?? AI_PASSIVE,
  };
  const lists = yield* gather(
    ...hosts.map((each) => operation(() => addressesOf(loop, each, port, hints), loop)),
  );
  const unique = new Map<string, AddressInfo>();
  for (const address of lists.flat()) unique.set(JSON.stringify(address), address);
  return [...unique.values()];
}

/** A listener for each address that the system knows; all are closed if one cannot be had. */
function* bindAll(
  backend: Backend,
  addresses: readonly AddressInfo[],
  options: BindOptions,
): Coroutine<Listener[]> {
  const listeners: Listener[] = [];
  try {
    for (const address of addresses) {
      const listener = yield* bindOne(backend, address, options);
      if (listener !== null) listeners.push(listener);
    }
    if (listeners.length === 0) {
      const tried = addresses.map((address) => addressText(address[4])).join(', ');
      throw new OSError('EADDRNOTAVAIL', {
        message: `could not bind on any address out of [${tried}]`,
        syscall: 'bind',
      });
    }
    return listeners;
  } catch (error) {
    for (const listener of listeners) listener.close();
    throw error;
  }
}

/** `null`: the system has no such family, or not this address. */
function* bindOne(
  backend: Backend,
  address: AddressInfo,
  options: BindOptions,
): Coroutine<Listener | null> {
  try {
    return yield* backend.bind(address, options);
  } catch (error) {
    if (!(error instanceof OSError) || error.syscall !== 'bind') throw error;
    if (error.code === 'EADDRNOTAVAIL') return null;
    throw bindError(error, address[4]);
  }
}
