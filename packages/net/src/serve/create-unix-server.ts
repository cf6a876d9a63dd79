import { type Coroutine, type EventLoop, ValueError } from '@loop/core';
import { OSError, type Socket } from '@loop/posix';
import { addressText } from '../address-text.ts';
import type { Backend, ListenOptions, Listener } from '../backend/backend.ts';
import { backendOf } from '../backend/choose-backend.ts';
import { descriptorOwners } from '../backend/descriptor-owners.ts';
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
  const backend = backendOf(loop);
  const listening = { backlog, startServing };
  let listener: Listener;
  if (path !== null && path !== undefined) {
    if (sock !== null) {
      throw new ValueError('path and sock can not be specified at the same time');
    }
    listener = yield* bindTo(backend, toPath(path), listening);
  } else {
    if (sock === null) throw new ValueError('path was not specified, and no sock specified');
    const socket = checkUnixSocket(sock);
    descriptorOwners(loop).checkFree(socket.fileno());
    listener = backend.adoptListener(socket, listening);
  }
  let server: Server;
  try {
    const path = listener.socket.getsockname() as string | Buffer;
    const cleanUp = (options.cleanupSocket ?? true) ? fileCleanup(path) : null;
    server = new Server(loop, [listener], factory, cleanUp);
  } catch (error) {
    listener.close();
    throw error;
  }
  return yield* started(server, startServing);
}

function* bindTo(
  backend: Backend,
  path: string | Buffer,
  options: ListenOptions,
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
