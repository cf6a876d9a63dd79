import type { EventLoop, Future } from '@loop/core';
import type { StreamSource } from '../backend/backend.ts';
import { TlsTransport } from '../tls/tls-transport.ts';
import type { TlsParameters } from '../tls/tls-options.ts';
import { settle } from './settle.ts';
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
 * @param ready - Done once `connectionMade` has run, or with what has kept it from being called.
 */
export function openStream(
  loop: EventLoop,
  source: StreamSource,
  protocol: AnyStreamProtocol,
  options: {
    readonly owner?: ConnectionOwner | null;
    readonly ready?: Future<void>;
    readonly extra?: Partial<ExtraInfo>;
    readonly tls?: TlsParameters | null;
  } = {},
): StreamTransport {
  const { owner = null, ready, extra, tls = null } = options;
  const common = {
    loop,
    protocol,
    owner,
    ...(ready === undefined ? {} : { ready: (error: Error | null) => settle(ready, error) }),
  };
  if (tls === null) {
    return new StreamTransport({
      ...common,
      open: (transport) => source.open(transport, transport, extra),
    });
  }
  return new TlsTransport({
    ...common,
    tls,
    below: (events, transport) => source.open(events, transport, extra),
  });
}
