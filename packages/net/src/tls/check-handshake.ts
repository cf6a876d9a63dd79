import { isIP } from 'node:net';
import { domainToASCII } from 'node:url';
import { ValueError } from '@loop/core';
import { describe } from '@loop/posix/internal';
import { PROTOCOL_TLS_CLIENT, PROTOCOL_TLS_SERVER, TLSVersion } from './constants.ts';
import type { SSLContext } from './ssl-context.ts';
import { SSLError } from './ssl-error.ts';

/** @throws {SSLError} The context is for the other side. */
export function checkRole(context: SSLContext, serverSide: boolean): void {
  if (context.protocol === (serverSide ? PROTOCOL_TLS_SERVER : PROTOCOL_TLS_CLIENT)) return;
  const message = serverSide
    ? 'Cannot create a server socket with a PROTOCOL_TLS_CLIENT context'
    : 'Cannot create a client socket with a PROTOCOL_TLS_SERVER context';
  throw new SSLError('PROTOCOL_ERROR', { message });
}

/** @throws {ValueError} The context takes no version at all: OpenSSL would say so to the first peer only. */
export function checkVersions(context: SSLContext): void {
  const { minimumVersion, maximumVersion } = context;
  if (minimumVersion <= maximumVersion) return;
  throw new ValueError(
    `minimumVersion (${versionName(minimumVersion)}) must not be above maximumVersion (${versionName(maximumVersion)})`,
  );
}

function versionName(version: number): string {
  const [name = String(version)] =
    Object.entries(TLSVersion).find(([, each]) => each === version) ?? [];
  return name;
}

/**
 * The name as certificates have it: an address without its zone, a host in ASCII.
 *
 * @throws {TypeError | ValueError} It can be no host's.
 */
export function checkServerHostname(name: unknown): string {
  if (typeof name !== 'string') {
    throw new TypeError(`Expected server_hostname to be a string, got ${describe(name)}`);
  }
  if (name === '') return name;
  if (isIP(name) !== 0) return name.replace(/%.*$/, '');
  const ascii = /^[\x21-\x7e]+$/.test(name) ? name : domainToASCII(name);
  if (ascii === '' || ascii.startsWith('.') || ascii.length > 255) {
    throw new ValueError(`Expected server_hostname to be a host name, got ${describe(name)}`);
  }
  return ascii;
}
