import type { ListenOptions as NodeListenOptions } from 'node:net';
import {
  type AddressInfo,
  AF_INET6,
  isSupported,
  type Socket,
  type SocketAddress,
} from '@loop/posix';
import type { BindOptions, BindUnixOptions, ListenOptions } from '../backend/backend.ts';
import { toNodeHost } from '../socket/node-address.ts';
import { nodeHasReusePort } from '../socket/node-reuse-port.ts';
import { nodePath } from '../socket/node-path.ts';

/** What Node is told to listen on. */
export interface ListenPlan {
  readonly options: NodeListenOptions;
  readonly keepAlive: boolean;
  /** The address that was asked for. */
  readonly address: SocketAddress;
  /** The bound socket of ours that Node gets. */
  readonly given: Socket | null;
  /** Called when a path has been bound. */
  readonly bound: (() => void) | null;
}

export function portPlan([family, , , , address]: AddressInfo, options: BindOptions): ListenPlan {
  return {
    options: {
      host: toNodeHost(address),
      port: address[1] as number,
      // Or the IPv4 socket on the same port could not be bound.
      ipv6Only: family === AF_INET6,
      // In a cluster too a port is this process' own.
      exclusive: true,
      backlog: nodeBacklog(options),
      ...(options.reusePort ? { reusePort: true } : {}),
    },
    keepAlive: options.keepAlive,
    address,
    given: null,
    bound: null,
  };
}

export function pathPlan(path: string | Buffer, options: BindUnixOptions): ListenPlan {
  const address = nodePath(path);
  return {
    options: { path: address, exclusive: true, backlog: nodeBacklog(options) },
    keepAlive: false,
    address,
    given: null,
    bound: options.bound,
  };
}

export function socketPlan(socket: Socket, options: ListenOptions): ListenPlan {
  return {
    options: { backlog: nodeBacklog(options) },
    keepAlive: false,
    address: socket.getsockname(),
    given: socket,
    bound: null,
  };
}

/** Whether only a socket of our own will do, or will do better. */
export function needsOwnSocket({ startServing, reuseAddress, reusePort }: BindOptions): boolean {
  // libuv sets SO_REUSEADDR, but not on Windows.
  if (reuseAddress === (process.platform === 'win32')) return true;
  if (reusePort && !nodeHasReusePort()) return true;
  return bindsAhead(startServing);
}

/** Node binds and listens in one; a socket of ours can wait between the two. */
export function bindsAhead(startServing: boolean): boolean {
  return !startServing && isSupported();
}

/** Node takes 0 for its default. The kernel's queue has room for one more than it is told anyway. */
function nodeBacklog({ backlog }: ListenOptions): number {
  return Math.max(backlog, 1);
}
