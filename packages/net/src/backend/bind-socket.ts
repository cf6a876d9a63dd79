import {
  type AddressInfo,
  AF_INET6,
  AF_UNIX,
  IPPROTO_IPV6,
  IPV6_V6ONLY,
  OSError,
  SO_KEEPALIVE,
  SO_REUSEADDR,
  Socket,
  SOCK_STREAM,
  type SocketAddress,
  SOL_SOCKET,
} from '@loop/posix';
import { setReusePort } from '../socket/reuse-port.ts';
import type { BindOptions } from './backend.ts';

/** A socket bound to `info`; `null` where the system has no such family. */
export function bindSocket(
  [family, type, proto, , address]: AddressInfo,
  options: BindOptions,
): Socket | null {
  let socket: Socket;
  try {
    socket = new Socket(family, type, proto);
  } catch (error) {
    if (error instanceof OSError && isUnknownFamily(error)) return null;
    throw error;
  }
  try {
    setOptions(socket, options);
  } catch (error) {
    socket.close();
    throw error;
  }
  bindOrClose(socket, address);
  return socket;
}

/** A socket bound to a path. */
export function bindUnixSocket(path: string | Buffer): Socket {
  const socket = new Socket(AF_UNIX, SOCK_STREAM);
  bindOrClose(socket, path);
  return socket;
}

/** Binds `socket`, which is closed if that fails. */
function bindOrClose(socket: Socket, address: SocketAddress): void {
  try {
    socket.bind(address);
  } catch (error) {
    socket.close();
    throw error;
  }
}

function setOptions(socket: Socket, options: BindOptions): void {
  if (options.reuseAddress) socket.setsockopt(SOL_SOCKET, SO_REUSEADDR, 1);
  if (options.reusePort) setReusePort(socket);
  if (options.keepAlive) socket.setsockopt(SOL_SOCKET, SO_KEEPALIVE, 1);
  // Or the IPv4 socket on the same port could not be bound.
  if (socket.family === AF_INET6) socket.setsockopt(IPPROTO_IPV6, IPV6_V6ONLY, 1);
}

/** Whether the system has no such family. */
export function isUnknownFamily(error: OSError): boolean {
  return ['EAFNOSUPPORT', 'EPROTONOSUPPORT', 'EINVAL'].includes(error.code);
}
