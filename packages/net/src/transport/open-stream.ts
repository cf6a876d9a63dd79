import type { EventLoop, Future } from '@loop/core';
import { AF_INET, AF_INET6, IPPROTO_TCP, type Socket, SOCK_STREAM, TCP_NODELAY } from '@loop/posix';
import type { BufferedProtocol, StreamProtocol } from './protocol.ts';
import { SelectorChannel } from './selector-channel.ts';
import { type ConnectionOwner, StreamTransport } from './stream-transport.ts';
import type { ExtraInfo } from './transport.ts';

/** What makes a protocol for each connection. */
export type ProtocolFactory<P> = () => P;

/** Any protocol for a stream. */
export type AnyStreamProtocol = StreamProtocol | BufferedProtocol;

/**
 * Puts a transport on a connected socket, which is the transport's from now on.
 *
 * @param ready - Done once `connectionMade` has run.
 */
export function openStream(
  loop: EventLoop,
  socket: Socket,
  protocol: AnyStreamProtocol,
  options: {
    readonly owner?: ConnectionOwner | null;
    readonly ready?: Future<void>;
    readonly extra?: Partial<ExtraInfo>;
  } = {},
): StreamTransport {
  setNodelay(socket);
  const { owner = null, ready, extra } = options;
  return new StreamTransport({
    loop,
    protocol,
    owner,
    open: (transport) => new SelectorChannel(loop, socket, transport, extra),
    ...(ready === undefined ? {} : { ready: () => ready.done() || ready.setResult() }),
  });
}

/** Small writes go out at once; other kinds of sockets know nothing of it. */
function setNodelay(socket: Socket): void {
  const isTcp =
    (socket.family === AF_INET || socket.family === AF_INET6) &&
    socket.type === SOCK_STREAM &&
    (socket.proto === 0 || socket.proto === IPPROTO_TCP);
  if (isTcp) socket.setsockopt(IPPROTO_TCP, TCP_NODELAY, 1);
}
