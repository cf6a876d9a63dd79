import { type Coroutine, type EventLoop, ValueError } from '@loop/core';
import {
  AF_UNIX,
  OSError,
  SOCK_DGRAM,
  SOCK_STREAM,
  type Socket,
  type SocketAddress,
} from '@loop/posix';
import { describe } from '@loop/posix/internal';
import type { DatagramPlan, DatagramSource } from '../backend/backend.ts';
import { backendOf } from '../backend/choose-backend.ts';
import { descriptorOwners } from '../backend/descriptor-owners.ts';
import {
  checkBooleans,
  checkFactory,
  checkHost,
  checkIntegers,
  checkOptions,
  checkProtocol,
  checkSocket,
} from '../check-options.ts';
import { addressesOf, type Host, type Port } from '../resolve.ts';
import { removeStaleSocket } from '../socket/socket-file.ts';
import { checkUnixSupport } from '../socket/unix-path.ts';
import type { ProtocolFactory } from '../transport/open-stream.ts';
import type { DatagramTransport } from '../transport/transport.ts';
import { type AnyDatagramProtocol, EndpointTransport } from './endpoint-transport.ts';

/** Where datagrams come from or go to: host and port, or the path of a Unix socket. */
export type EndpointAddress = readonly [host: Host, port: Port] | string;

/** Options of `createDatagramEndpoint`. */
export interface CreateDatagramEndpointOptions {
  /** Where to receive; resolved, and bound. */
  readonly localAddr?: EndpointAddress | null | undefined;
  /** The only address to send to; resolved, and connected unless `allowBroadcast` is set. */
  readonly remoteAddr?: EndpointAddress | null | undefined;
  /** `AF_INET`, `AF_INET6`, to take no other; `AF_UNIX` makes paths of the addresses. */
  readonly family?: number | undefined;
  readonly proto?: number | undefined;
  /** `AI_*`, for the resolver. */
  readonly flags?: number | undefined;
  /** `SO_REUSEPORT`: several endpoints can share the port. */
  readonly reusePort?: boolean | null | undefined;
  /** `SO_BROADCAST`. */
  readonly allowBroadcast?: boolean | null | undefined;
  /** A datagram socket, in place of all else. The transport owns it from then on. */
  readonly sock?: Socket | null | undefined;
}

/** The addresses of one family that a socket gets. */
type Addresses = Pick<DatagramPlan, 'family' | 'proto' | 'local' | 'remote'>;

const OPTIONS = [
  'localAddr',
  'remoteAddr',
  'family',
  'proto',
  'flags',
  'reusePort',
  'allowBroadcast',
  'sock',
] as const;

/** See `EventLoop.createDatagramEndpoint`. */
export function* createDatagramEndpoint<P extends AnyDatagramProtocol>(
  loop: EventLoop,
  factory: ProtocolFactory<P>,
  options: CreateDatagramEndpointOptions,
): Coroutine<[DatagramTransport, P]> {
  checkFactory(factory);
  checkOptions(options, OPTIONS, 'createDatagramEndpoint');
  checkIntegers(options, 'family', 'proto', 'flags');
  checkBooleans(options, 'reusePort', 'allowBroadcast');
  const { sock = null } = options;
  let source: DatagramSource;
  let remote: SocketAddress | null = null;
  if (sock === null) {
    const found = yield* addressesFor(loop, options);
    [source, remote] = yield* openFirst(loop, found, options);
  } else {
    const socket = checkGiven(sock, options);
    descriptorOwners(loop).checkFree(socket.fileno());
    source = backendOf(loop).adoptDatagram(socket);
  }
  const ready = loop.createFuture<void>();
  let protocol: P;
  let transport: DatagramTransport;
  try {
    protocol = checkProtocol(factory());
    transport = new EndpointTransport(loop, source, protocol, remote, () => {
      if (!ready.done()) ready.setResult();
    });
  } catch (error) {
    source.close();
    throw error;
  }
  try {
    yield* ready;
  } catch (error) {
    transport.close();
    throw error;
  }
  return [transport, protocol];
}

/** The datagram socket that the caller gives away. */
function checkGiven(sock: unknown, options: CreateDatagramEndpointOptions): Socket {
  checkSocket(sock);
  if (sock.type === SOCK_STREAM) {
    throw new ValueError(`A datagram socket was expected, got ${sock.toString()}`);
  }
  const given = OPTIONS.filter((name) => name !== 'sock' && Boolean(options[name]));
  if (given.length === 0) return sock;
  const problems = given.map((name) => `${name}=${describe(options[name])}`).join(', ');
  throw new ValueError(
    `socket modifier keyword arguments can not be used when sock is specified. (${problems})`,
  );
}

/** The addresses that would do, in the order in which to try them. */
function* addressesFor(
  loop: EventLoop,
  options: CreateDatagramEndpointOptions,
): Coroutine<readonly Addresses[]> {
  const family = options.family ?? 0;
  const proto = options.proto ?? 0;
  const local = addressOf(options.localAddr);
  const remote = addressOf(options.remoteAddr);
  if (family === AF_UNIX) {
    checkUnixSupport('createDatagramEndpoint');
    const plan = {
      family,
      proto,
      local: checkPath(local, 'localAddr'),
      remote: checkPath(remote, 'remoteAddr'),
    };
    if (plan.local !== null) removeStaleSocket(plan.local);
    return [plan];
  }
  if (local !== null || remote !== null) {
    const pairs = [checkPair(local, 'localAddr'), checkPair(remote, 'remoteAddr')] as const;
    return yield* resolvedAddresses(loop, ...pairs, options);
  }
  if (family === 0) throw new ValueError('unexpected address family');
  return [{ family, proto, local: null, remote: null }];
}

type Pair = readonly [host: Host, port: Port];

/** One for each family and protocol for which all addresses that are wanted are known. */
function* resolvedAddresses(
  loop: EventLoop,
  local: Pair | null,
  remote: Pair | null,
  options: CreateDatagramEndpointOptions,
): Coroutine<readonly Addresses[]> {
  const plans = new Map<string, Addresses>();
  const hints = {
    family: options.family ?? 0,
    type: SOCK_DGRAM,
    proto: options.proto ?? 0,
    flags: options.flags ?? 0,
  };
  const wanted = { local, remote };
  for (const side of ['local', 'remote'] as const) {
    const pair = wanted[side];
    if (pair === null) continue;
    for (const [found, , actual, , address] of yield* addressesOf(loop, ...pair, hints)) {
      const key = `${found} ${actual}`;
      const plan = plans.get(key) ?? { family: found, proto: actual, local: null, remote: null };
      plans.set(key, { ...plan, [side]: address });
    }
  }
  const complete = [...plans.values()].filter(
    (plan) => (plan.local !== null || local === null) && (plan.remote !== null || remote === null),
  );
  if (complete.length === 0) throw new ValueError('can not get address information');
  return complete;
}

/** The first socket that can be had, and the address that it is limited to. */
function* openFirst(
  loop: EventLoop,
  found: readonly Addresses[],
  options: CreateDatagramEndpointOptions,
): Coroutine<[DatagramSource, SocketAddress | null]> {
  const reusePort = options.reusePort ?? false;
  const allowBroadcast = options.allowBroadcast ?? false;
  let first: OSError | null = null;
  for (const each of found) {
    // Connected, it would receive nothing of those who answer a broadcast.
    const remote = allowBroadcast ? null : each.remote;
    const plan = { ...each, remote, reusePort, allowBroadcast };
    try {
      return [yield* backendOf(loop).openDatagram(plan), each.remote];
    } catch (error) {
      if (!(error instanceof OSError)) throw error;
      first ??= error;
    }
  }
  throw first as OSError;
}

/** As in the reference, an empty text is no address. */
function addressOf(address: EndpointAddress | null | undefined): EndpointAddress | null {
  return address === undefined || address === '' ? null : address;
}

function checkPair(address: EndpointAddress | null, name: string): Pair | null {
  if (address === null) return null;
  if (!Array.isArray(address) || address.length !== 2) {
    throw new TypeError(`2-tuple is expected as ${name}, got ${describe(address)}`);
  }
  checkHost(address[0], `the host of ${name}`);
  return address as unknown as Pair;
}

function checkPath(address: EndpointAddress | null, name: string): string | null {
  if (address === null || typeof address === 'string') return address;
  throw new TypeError(`string is expected as ${name}, got ${describe(address)}`);
}
