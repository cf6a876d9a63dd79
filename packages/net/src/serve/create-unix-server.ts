import { type Coroutine, type EventLoop, ValueError } from '@loop/core';
import { AF_UNIX, OSError, Socket, SOCK_STREAM } from '@loop/posix';
import { addressText } from '../address-text.ts';
import { selectorBackend } from '../backend/selector-backend.ts';
import { checkBacklog, checkFactory, checkPlain } from '../check-options.ts';
import {
  checkUnixSocket,
  checkUnixSupport,
  fileCleanup,
  removeStaleSocket,
  toPath,
  type UnixPath,
} from '../socket/unix-path.ts';
import type { AnyStreamProtocol, ProtocolFactory } from '../transport/open-stream.ts';
import { DEFAULT_BACKLOG, type ServeOptions, started } from './create-server.ts';
import { Server } from './server.ts';

/** Options of `createUnixServer`. */
export interface CreateUnixServerOptions extends ServeOptions {
  /** A bound Unix stream socket, in place of the path. The server owns it from then on. */
  readonly sock?: Socket | null;
  /** Whether closing the server removes the socket's file; by default true. */
  readonly cleanupSocket?: boolean;
}

/** See `EventLoop.createUnixServer`. */
export function* createUnixServer(
  loop: EventLoop,
  factory: ProtocolFactory<AnyStreamProtocol>,
  path: UnixPath | null | undefined,
  options: CreateUnixServerOptions,
): Coroutine<Server> {
  checkUnixSupport('createUnixServer');
  checkFactory(factory);
  checkPlain(options, 'server');
  const { sock = null, backlog = DEFAULT_BACKLOG, startServing = true } = options;
  checkBacklog(backlog);
  let socket: Socket;
  if (path !== null && path !== undefined) {
    if (sock !== null) {
      throw new ValueError('path and sock can not be specified at the same time');
    }
    socket = bindTo(toPath(path));
  } else {
    if (sock === null) throw new ValueError('path was not specified, and no sock specified');
    socket = checkUnixSocket(sock);
    selectorBackend(loop).checkFree(socket.fileno());
  }
  let server: Server;
  try {
    socket.setblocking(false);
    const cleanUp = (options.cleanupSocket ?? true) ? fileCleanup(socket) : null;
    server = new Server(loop, [socket], factory, backlog, cleanUp);
  } catch (error) {
    socket.close();
    throw error;
  }
  return yield* started(server, startServing);
}

function bindTo(path: string | Buffer): Socket {
  // The system would choose a name that nobody knows.
  if (path.length === 0) throw new ValueError('Expected path to name a socket, got an empty one');
  const socket = new Socket(AF_UNIX, SOCK_STREAM);
  try {
    removeStaleSocket(path);
    socket.bind(path);
    return socket;
  } catch (error) {
    socket.close();
    if (!(error instanceof OSError) || error.code !== 'EADDRINUSE') throw error;
    throw new OSError('EADDRINUSE', {
      message: `Address ${addressText(path)} is already in use`,
      syscall: 'bind',
      cause: error,
    });
  }
}
