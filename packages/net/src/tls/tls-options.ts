import { type EventLoop, ValueError } from '@loop/core';
import { describe } from '@loop/posix/internal';
import { checkRole, checkServerHostname, checkVersions } from './check-handshake.ts';
import { engineContext, tlsEngineOf } from './choose-engine.ts';
import { createDefaultContext } from './default-context.ts';
import { SSLContext } from './ssl-context.ts';

/** Options of every method that makes TLS connections. */
export interface TlsTimeouts {
  /** Seconds that the handshake may take; by default 60. */
  readonly sslHandshakeTimeout?: number | null | undefined;
  /** Seconds that saying goodbye may take; by default 30. */
  readonly sslShutdownTimeout?: number | null | undefined;
}

/** Options of methods that make the client's side of a connection. */
export interface TlsClientOptions extends TlsTimeouts {
  /** TLS with this context, or with `true` by the settings of `createDefaultContext()`. */
  readonly ssl?: SSLContext | boolean | null | undefined;
  /**
   * Whom the server's certificate has to name; by default the host. An empty string turns that check off,
   * which lets anybody with any trusted certificate stand in for the server.
   */
  readonly serverHostname?: string | null | undefined;
  /**
   * What `SSLInfo.session` of an earlier connection to the same server gave: to resume it takes less time
   * and no certificates. A server that does not want to makes a new one.
   */
  readonly sslSession?: Buffer | null | undefined;
}

/** Options of methods that make the server's side. */
export interface TlsServerOptions extends TlsTimeouts {
  /** TLS with this context, one for servers that has a certificate. */
  readonly ssl?: SSLContext | null | undefined;
}

/** Their names. */
export const TLS_SERVER_OPTIONS = ['ssl', 'sslHandshakeTimeout', 'sslShutdownTimeout'] as const;
export const TLS_CLIENT_OPTIONS = [...TLS_SERVER_OPTIONS, 'serverHostname', 'sslSession'] as const;

/** Checked, and complete. */
export interface TlsParameters {
  readonly context: SSLContext;
  readonly serverSide: boolean;
  /** As given: '' and `null` name nobody. */
  readonly serverHostname: string | null;
  readonly handshakeTimeout: number;
  readonly shutdownTimeout: number;
  readonly session: Buffer | null;
}

const HANDSHAKE_TIMEOUT = 60;
const SHUTDOWN_TIMEOUT = 30;

/**
 * What a client does about TLS, `null`: nothing.
 *
 * @param host - The name by default, if there is any.
 * @param nameless - What to say where there is no name.
 * @throws {ValueError | TypeError | SSLError} The options do not fit together, or are none.
 */
export function clientTls(
  loop: EventLoop,
  options: TlsClientOptions,
  host: unknown,
  nameless = 'You must set server_hostname when using ssl without a host',
): TlsParameters | null {
  const { ssl = null, serverHostname = null } = options;
  if (ssl === null || ssl === false) return withoutTls(options);
  if (ssl !== true && !(ssl instanceof SSLContext)) {
    throw new TypeError(`Expected ssl to be an SSLContext, true or null, got ${describe(ssl)}`);
  }
  const name = serverHostname ?? nameOf(host);
  if (name === null) throw new ValueError(nameless);
  return parameters(loop, ssl === true ? createDefaultContext() : ssl, false, name, options);
}

/**
 * The same for a server.
 *
 * @throws {TypeError | SSLError} `ssl` is no context for servers.
 */
export function serverTls(loop: EventLoop, options: TlsServerOptions): TlsParameters | null {
  const ssl: unknown = options.ssl ?? null;
  if (ssl === null) return withoutTls(options);
  if (!(ssl instanceof SSLContext)) {
    throw new TypeError(`ssl argument must be an SSLContext or None, got ${describe(ssl)}`);
  }
  return parameters(loop, ssl, true, null, options);
}

/**
 * The same for a connection that was accepted elsewhere.
 *
 * @throws {ValueError | SSLError} `ssl` is no context for servers.
 */
export function acceptedTls(loop: EventLoop, options: TlsServerOptions): TlsParameters | null {
  const ssl: unknown = options.ssl ?? false;
  if (ssl === false) return withoutTls(options);
  if (!(ssl instanceof SSLContext)) {
    throw new ValueError(`Server side SSL needs a valid SSLContext, got ${describe(ssl)}`);
  }
  return parameters(loop, ssl, true, null, options);
}

/** @throws {ValueError | TypeError | SSLError} Something is wrong with the timeouts, the name or the context's role. */
export function parameters(
  loop: EventLoop,
  context: SSLContext,
  serverSide: boolean,
  serverHostname: string | null,
  options: TlsTimeouts & Pick<TlsClientOptions, 'sslSession'>,
): TlsParameters {
  checkRole(context, serverSide);
  checkVersions(context);
  // What OpenSSL refuses, it refuses before anything is opened.
  engineContext(tlsEngineOf(loop), context._settings);
  return {
    context,
    serverSide,
    serverHostname: serverHostname === null ? null : checkServerHostname(serverHostname),
    handshakeTimeout: timeout(
      options.sslHandshakeTimeout,
      'ssl_handshake_timeout',
      HANDSHAKE_TIMEOUT,
    ),
    shutdownTimeout: timeout(options.sslShutdownTimeout, 'ssl_shutdown_timeout', SHUTDOWN_TIMEOUT),
    session: sessionOf(options.sslSession),
  };
}

/** @throws {ValueError} An option was given that only makes sense with TLS. */
function withoutTls(options: TlsClientOptions): null {
  const given = {
    server_hostname: options.serverHostname,
    ssl_session: options.sslSession,
    ssl_handshake_timeout: options.sslHandshakeTimeout,
    ssl_shutdown_timeout: options.sslShutdownTimeout,
  };
  for (const [name, value] of Object.entries(given)) {
    if (value !== undefined && value !== null) {
      throw new ValueError(`${name} is only meaningful with ssl`);
    }
  }
  return null;
}

function timeout(value: unknown, name: string, otherwise: number): number {
  if (value === undefined || value === null) return otherwise;
  if (typeof value !== 'number' || Number.isNaN(value)) {
    throw new TypeError(`${name} should be a positive number, got ${describe(value)}`);
  }
  if (value <= 0) throw new ValueError(`${name} should be a positive number, got ${value}`);
  return value;
}

/** A host that can be looked for in a certificate; an empty one is none. */
function nameOf(host: unknown): string | null {
  const name = host instanceof Uint8Array ? Buffer.from(host).toString('latin1') : host;
  return typeof name === 'string' && name !== '' ? name : null;
}

function sessionOf(session: unknown): Buffer | null {
  if (session === undefined || session === null) return null;
  if (session instanceof Uint8Array) return Buffer.from(session);
  throw new TypeError(`Expected ssl_session to be bytes, got ${describe(session)}`);
}
