import { type Coroutine, type EventLoop, ValueError } from '@loop/core';
import { describe } from '@loop/posix/internal';
import { checkBooleans, checkMethods, checkOptions } from '../check-options.ts';
import type { AnyStreamProtocol } from '../transport/open-stream.ts';
import { settle } from '../transport/settle.ts';
import { StreamTransport } from '../transport/stream-transport.ts';
import type { Transport } from '../transport/transport.ts';
import { isSSLContext } from './context-brand.ts';
import type { SSLContext } from './ssl-context.ts';
import { parameters, type TlsClientOptions, type TlsTimeouts } from './tls-options.ts';
import { TlsTransport } from './tls-transport.ts';

/** Options of `startTls`. */
export interface StartTlsOptions extends TlsTimeouts, Pick<TlsClientOptions, 'sslSession'> {
  /** Whether this is the side that has accepted the connection. */
  readonly serverSide?: boolean | undefined;
  /** Whom the server's certificate has to name; an empty string turns that check off. */
  readonly serverHostname?: string | null | undefined;
  /**
   * What has arrived behind the last byte in plain, and was delivered already: TLS begins with it. What
   * somebody has slipped in there is no TLS, and fails the handshake.
   */
  readonly received?: Uint8Array | null | undefined;
}

const KNOWN = [
  'serverSide',
  'serverHostname',
  'received',
  'sslSession',
  'sslHandshakeTimeout',
  'sslShutdownTimeout',
];

/** See `EventLoop.startTls`. */
export function* startTls(
  loop: EventLoop,
  transport: Transport,
  protocol: AnyStreamProtocol,
  context: SSLContext,
  options: StartTlsOptions,
): Coroutine<TlsTransport | null> {
  if (!isSSLContext(context)) {
    throw new TypeError(
      `sslcontext is expected to be an instance of ssl.SSLContext, got ${describe(context)}`,
    );
  }
  if (!(transport instanceof StreamTransport)) {
    throw new TypeError(`transport ${describe(transport)} is not supported by start_tls()`);
  }
  checkMethods(protocol, 'protocol', 'a protocol', 'connectionLost');
  checkOptions(options, KNOWN, 'startTls');
  checkBooleans(options, 'serverSide');
  const serverSide = options.serverSide ?? false;
  const { serverHostname = null, received = null } = options;
  if (received !== null && !(received instanceof Uint8Array)) {
    throw new TypeError(`Expected received to be bytes, got ${describe(received)}`);
  }
  if (context.checkHostname && !serverSide && serverHostname === null) {
    throw new ValueError('check_hostname requires server_hostname');
  }
  const tls = parameters(loop, context, serverSide, serverHostname, options);
  if (transport.isClosing()) return null;
  transport._checkUpgrade(loop);
  const ready = loop.createFuture<void>();
  const upgraded = new TlsTransport({
    loop,
    protocol,
    tls,
    below: transport,
    // What arrives later may not change it.
    received: received === null ? null : Buffer.from(received),
    ready: (error) => settle(ready, error),
  });
  try {
    yield* ready;
  } catch (error) {
    upgraded.abort();
    throw error;
  }
  return upgraded;
}
