import type { EventLoop, Future } from '@loop/core';
import type { StreamSource } from '../backend/backend.ts';
import type { BufferedProtocol, StreamProtocol } from './protocol.ts';
import { type ConnectionOwner, StreamTransport } from './stream-transport.ts';
import type { ExtraInfo } from './transport.ts';

/** What makes a protocol for each connection. */
export type ProtocolFactory<P> = () => P;

/** Any protocol for a stream. */
export type AnyStreamProtocol = StreamProtocol | BufferedProtocol;

/**
 * Puts a transport on a connected stream, which is the transport's from now on.
 *
 * @param ready - Done once `connectionMade` has run.
 */
export function openStream(
  loop: EventLoop,
  source: StreamSource,
  protocol: AnyStreamProtocol,
  options: {
    readonly owner?: ConnectionOwner | null;
    readonly ready?: Future<void>;
    readonly extra?: Partial<ExtraInfo>;
  } = {},
): StreamTransport {
  const { owner = null, ready, extra } = options;
  return new StreamTransport({
    loop,
    protocol,
    owner,
    open: (transport) => source.open(transport, extra),
    ...(ready === undefined ? {} : { ready: () => ready.done() || ready.setResult() }),
  });
}
