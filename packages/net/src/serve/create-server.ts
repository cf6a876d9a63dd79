import { type Coroutine, type EventLoop, gather, ValueError } from '@loop/core';
import {
  AF_INET6,
  AF_UNSPEC,
  type AddressInfo,
  AI_PASSIVE,
  IPPROTO_IPV6,
  IPV6_V6ONLY,
  OSError,
  SO_KEEPALIVE,
  SO_REUSEADDR,
  Socket,
  SOCK_STREAM,
  SOL_SOCKET,
} from '@loop/posix';
import { operation } from '@loop/core';
import { addressText } from '../address-text.ts';
import {
  checkBacklog,
  checkFactory,
  checkPlain,
  checkStreamSocket,
  type TlsOptions,
} from '../check-options.ts';
import { bindError } from '../connect/create-connection.ts';
import { addressesOf, type Port } from '../resolve.ts';
import { setReusePort } from '../socket/reuse-port.ts';
import type { AnyStreamProtocol, ProtocolFactory } from '../transport/open-stream.ts';
import { Server } from './server.ts';

/** Options of every method that makes a server. */
export interface ServeOptions extends TlsOptions {
  /** How many connections the kernel queues at most; by default 100. */
  readonly backlog?: number;
  /** Whether to accept connections at once; by default true. */
  readonly startServing?: boolean;
}

/** Options of `createServer`. */
export interface CreateServerOptions extends ServeOptions {
  readonly family?: number;
  /** `AI_*`, for the resolver; by default `AI_PASSIVE`. */
  readonly flags?: number;
  /** A bound stream socket, in place of host and port. The server owns it from then on. */
  readonly sock?: Socket | null;
  /** `SO_REUSEADDR`; by default on, but not on Windows. */
  readonly reuseAddress?: boolean | null;
  /** `SO_REUSEPORT`: several servers can share the port. */
  readonly reusePort?: boolean | null;
  /** `SO_KEEPALIVE` on every connection. */
  readonly keepAlive?: boolean | null;
}

/** Of every method that makes a server. */
export const DEFAULT_BACKLOG = 100;

/** See `EventLoop.createServer`. */
export function* createServer(
  loop: EventLoop,
  factory: ProtocolFactory<AnyStreamProtocol>,
  host: string | readonly string[] | null | undefined,
  port: Port,
  options: CreateServerOptions,
): Coroutine<Server> {
  checkFactory(factory);
  checkPlain(options, 'server');
  const { sock = null, backlog = DEFAULT_BACKLOG, startServing = true } = options;
  checkBacklog(backlog);
  const hasHost = host !== null && host !== undefined;
  const hasPort = port !== null && port !== undefined;
  if ((hasHost || hasPort) && sock !== null) {
    throw new ValueError('host/port and sock can not be specified at the same time');
  }
  if (!hasHost && !hasPort && sock === null) {
    throw new ValueError('Neither host/port nor sock were specified');
  }
  const sockets =
    sock === null
      ? bindAll(yield* resolveAll(loop, host ?? null, port, options), options)
      : [ownSocket(sock)];
  const server = new Server(loop, sockets, factory, backlog);
  return yield* started(server, startServing);
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

/** A bound socket for each address that the system knows; all are closed if one cannot be had. */
function bindAll(addresses: readonly AddressInfo[], options: CreateServerOptions): Socket[] {
  const sockets: Socket[] = [];
  try {
    for (const address of addresses) {
      const socket = bindOne(address, options);
      if (socket !== null) sockets.push(socket);
    }
    if (sockets.length === 0) {
      const tried = addresses.map((address) => addressText(address[4])).join(', ');
      throw new OSError('EADDRNOTAVAIL', {
        message: `could not bind on any address out of [${tried}]`,
        syscall: 'bind',
      });
    }
    return sockets;
  } catch (error) {
    for (const socket of sockets) socket.close();
    throw error;
  }
}

/** `null`: the system has no such family, or not this address. */
function bindOne(info: AddressInfo, options: CreateServerOptions): Socket | null {
  const [family, type, proto, , address] = info;
  let socket: Socket;
  try {
    socket = new Socket(family, type, proto);
  } catch (error) {
    if (error instanceof OSError && isUnknownFamily(error)) return null;
    throw error;
  }
  try {
    setOptions(socket, options);
    socket.bind(address);
    return socket;
  } catch (error) {
    socket.close();
    if (!(error instanceof OSError) || error.syscall !== 'bind') throw error;
    if (error.code === 'EADDRNOTAVAIL') return null;
    throw bindError(error, address);
  }
}

function setOptions(socket: Socket, options: CreateServerOptions): void {
  if (options.reuseAddress ?? process.platform !== 'win32') {
    socket.setsockopt(SOL_SOCKET, SO_REUSEADDR, 1);
  }
  if (options.reusePort ?? false) setReusePort(socket);
  if (options.keepAlive ?? false) socket.setsockopt(SOL_SOCKET, SO_KEEPALIVE, 1);
  // Or the IPv4 socket on the same port could not be bound.
  if (socket.family === AF_INET6) socket.setsockopt(IPPROTO_IPV6, IPV6_V6ONLY, 1);
}

function ownSocket(sock: unknown): Socket {
  const socket = checkStreamSocket(sock);
  socket.setblocking(false);
  return socket;
}

function isUnknownFamily(error: OSError): boolean {
  return ['EAFNOSUPPORT', 'EPROTONOSUPPORT', 'EINVAL'].includes(error.code);
}
