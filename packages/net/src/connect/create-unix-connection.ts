import { type Coroutine, type EventLoop, ValueError } from '@loop/core';
import { AF_UNIX, Socket, SOCK_STREAM } from '@loop/posix';
import { selectorBackend } from '../backend/selector-backend.ts';
import { checkFactory, checkPlain, type TlsOptions } from '../check-options.ts';
import { sockConnect } from '../socket/socket-methods.ts';
import { checkUnixSocket, checkUnixSupport, toPath, type UnixPath } from '../socket/unix-path.ts';
import type { AnyStreamProtocol, ProtocolFactory } from '../transport/open-stream.ts';
import type { Transport } from '../transport/transport.ts';
import { openConnected } from './create-connection.ts';

/** Options of `createUnixConnection`. */
export interface CreateUnixConnectionOptions extends TlsOptions {
  /** A connected Unix stream socket, in place of the path. The transport owns it from then on. */
  readonly sock?: Socket | null;
}

/** See `EventLoop.createUnixConnection`. */
export function* createUnixConnection<P extends AnyStreamProtocol>(
  loop: EventLoop,
  factory: ProtocolFactory<P>,
  path: UnixPath | null | undefined,
  options: CreateUnixConnectionOptions,
): Coroutine<[Transport, P]> {
  checkUnixSupport('createUnixConnection');
  checkFactory(factory);
  checkPlain(options, 'client');
  const { sock = null } = options;
  let socket: Socket;
  if (path !== null && path !== undefined) {
    if (sock !== null) {
      throw new ValueError('path and sock can not be specified at the same time');
    }
    socket = yield* connectTo(loop, toPath(path));
  } else {
    if (sock === null) throw new ValueError('no path and sock were specified');
    socket = checkUnixSocket(sock);
    selectorBackend(loop).checkFree(socket.fileno());
  }
  return yield* openConnected(loop, socket, factory);
}

function* connectTo(loop: EventLoop, path: string | Buffer): Coroutine<Socket> {
  const socket = new Socket(AF_UNIX, SOCK_STREAM);
  try {
    yield* sockConnect(loop, socket, path);
    return socket;
  } catch (error) {
    socket.close();
    throw error;
  }
}
