import type { Coroutine, EventLoop } from '@loop/core';
import type { Socket } from '@loop/posix';
import { backendOf } from '../backend/choose-backend.ts';
import { descriptorOwners } from '../backend/descriptor-owners.ts';
import { checkFactory, checkOptions, checkStreamSocket } from '../check-options.ts';
import { acceptedTls, TLS_SERVER_OPTIONS, type TlsServerOptions } from '../tls/tls-options.ts';
import type { AnyStreamProtocol, ProtocolFactory } from '../transport/open-stream.ts';
import type { Transport } from '../transport/transport.ts';
import { openConnected } from './create-connection.ts';

/** See `EventLoop.connectAcceptedSocket`. */
export function* connectAcceptedSocket<P extends AnyStreamProtocol>(
  loop: EventLoop,
  factory: ProtocolFactory<P>,
  sock: Socket,
  options: TlsServerOptions,
): Coroutine<[Transport, P]> {
  checkFactory(factory);
  checkOptions(options, TLS_SERVER_OPTIONS, 'connectAcceptedSocket');
  const tls = acceptedTls(loop, options);
  const socket = checkStreamSocket(sock);
  descriptorOwners(loop).checkFree(socket.fileno());
  return yield* openConnected(loop, backendOf(loop).adopt(socket), factory, tls);
}
