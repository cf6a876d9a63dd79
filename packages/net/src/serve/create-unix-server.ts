import { type Coroutine, type EventLoop, ValueError } from '@loop/core';
import { OSError, type Socket } from '@loop/posix';
import { addressText } from '../address-text.ts';
import type { Backend, BindUnixOptions, Listener } from '../backend/backend.ts';
import { backendOf } from '../backend/choose-backend.ts';
import { descriptorOwners } from '../backend/descriptor-owners.ts';
import { checkBooleans, checkFactory, checkOptions } from '../check-options.ts';
import { removeStaleSocket, SocketFile } from '../socket/socket-file.ts';
import { checkUnixSocket, checkUnixSupport, toPath, type UnixPath } from '../socket/unix-path.ts';
import { serverTls } from '../tls/tls-options.ts';
import type { AnyStreamProtocol, ProtocolFactory } from '../transport/open-stream.ts';
import { SERVE_OPTIONS, type ServeOptions, servingOptions, started } from './create-server.ts';
import { Server } from './server.ts';

/** Options of `createUnixServer`. */
export interface CreateUnixServerOptions extends ServeOptions {
  /** A bound Unix stream socket, in place of the path. The server owns it from then on. */
  readonly sock?: Socket | null | undefined;
  /** Whether closing the server removes the socket's file; by default true. */
  readonly cleanupSocket?: boolean | undefined;
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
  checkOptions(options, [...SERVE_OPTIONS, 'cleanupSocket'], 'createUnixServer');
  const tls = serverTls(loop, options);
  const { sock = null } = options;
  const listening = servingOptions(options);
  checkBooleans(options, 'cleanupSocket');
  const backend = backendOf(loop);
  let listener: Listener;
  let file: SocketFile;
  if (path !== null && path !== undefined) {
    if (sock !== null) {
      throw new ValueError('path and sock can not be specified at the same time');
    }
    const name = toPath(path);
    file = new SocketFile(name);
    listener = yield* bindTo(backend, name, { ...listening, bound: () => file.remember() });
  } else {
    if (sock === null) throw new ValueError('path was not specified, and no sock specified');
    const socket = checkUnixSocket(sock);
    descriptorOwners(loop).checkFree(socket.fileno());
    file = new SocketFile(socket.getsockname() as string | Buffer);
    file.remember();
    listener = backend.adoptListener(socket, listening);
  }
  const cleanUp = (options.cleanupSocket ?? true) ? () => file.remove() : null;
  const server = new Server(loop, [listener], factory, { tls, onClose: cleanUp });
  return yield* started(server, listening.startServing);
}

function* bindTo(
  backend: Backend,
  path: string | Buffer,
  options: BindUnixOptions,
): Coroutine<Listener> {
  // The system would choose a name that nobody knows.
  if (path.length === 0) throw new ValueError('Expected path to name a socket, got an empty one');
  removeStaleSocket(path);
  try {
    return yield* backend.bindUnix(path, options);
  } catch (error) {
    if (!(error instanceof OSError) || error.code !== 'EADDRINUSE') throw error;
    throw new OSError('EADDRINUSE', {
      message: `Address ${addressText(path)} is already in use`,
      syscall: 'bind',
      cause: error,
    });
  }
}
