import { type Coroutine, type EventLoop, ValueError } from '@loop/core';
import type { Socket } from '@loop/posix';
import type { StreamSource } from '../backend/backend.ts';
import { backendOf } from '../backend/choose-backend.ts';
import { descriptorOwners } from '../backend/descriptor-owners.ts';
import { checkFactory, checkOptions } from '../check-options.ts';
import { checkUnixSocket, checkUnixSupport, toPath, type UnixPath } from '../socket/unix-path.ts';
import { clientTls, TLS_CLIENT_OPTIONS, type TlsClientOptions } from '../tls/tls-options.ts';
import type { AnyStreamProtocol, ProtocolFactory } from '../transport/open-stream.ts';
import type { Transport } from '../transport/transport.ts';
import { openConnected } from './create-connection.ts';

/** Options of `createUnixConnection`. */
export interface CreateUnixConnectionOptions extends TlsClientOptions {
  /** A connected Unix stream socket, in place of the path. The transport owns it from then on. */
  readonly sock?: Socket | null | undefined;
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
  checkOptions(options, [...TLS_CLIENT_OPTIONS, 'sock'], 'createUnixConnection');
  const tls = clientTls(loop, options, null, 'you have to pass server_hostname when using ssl');
  const { sock = null } = options;
  let source: StreamSource;
  if (path !== null && path !== undefined) {
    if (sock !== null) {
      throw new ValueError('path and sock can not be specified at the same time');
    }
    source = yield* backendOf(loop).connectUnix(toPath(path));
  } else {
    if (sock === null) throw new ValueError('no path and sock were specified');
    const socket = checkUnixSocket(sock);
    descriptorOwners(loop).checkFree(socket.fileno());
    source = backendOf(loop).adopt(socket);
  }
  return yield* openConnected(loop, source, factory, tls);
}
