import { isIP } from 'node:net';
import { describe } from '@loop/posix/internal';
import { engineContext } from './choose-engine.ts';
import { isSSLContext } from './context-brand.ts';
import type { SSLContext } from './ssl-context.ts';
import type { SSLInfo } from './ssl-info.ts';
import type { TlsEngine } from './tls-engine.ts';

/** Whom a handshake asks for, and whom it accepts. */
export interface HandshakeNames {
  readonly serverName: string | null;
  readonly verifyName: string | null;
}

/** @param serverHostname - Checked; '' and `null` name nobody. */
export function handshakeNames(
  context: SSLContext,
  serverSide: boolean,
  serverHostname: string | null,
): HandshakeNames {
  if (serverSide || serverHostname === null || serverHostname === '') {
    return { serverName: null, verifyName: null };
  }
  return {
    // RFC 6066, 3: literal addresses are not permitted.
    serverName: isIP(serverHostname) === 0 ? serverHostname : null,
    verifyName: context.checkHostname ? serverHostname : null,
  };
}

/**
 * Asks the `sniCallback` of the context that a client has come to.
 *
 * @returns The engine's context to go on with, `null` for the same, or an alert.
 */
export function selectContext<C>(
  engine: TlsEngine<C>,
  context: SSLContext,
  connection: SSLInfo,
  serverName: string | null,
): C | number | null {
  const answer: unknown = context.sniCallback?.(connection, serverName, context);
  if (typeof answer === 'number') return answer;
  if (isSSLContext(answer)) connection.context = answer;
  else if (answer !== undefined && answer !== null) {
    throw new TypeError(
      `Expected sniCallback to return an SSLContext, a number or nothing, got ${describe(answer)}`,
    );
  }
  return connection.context === context
    ? null
    : engineContext(engine, connection.context._settings);
}
