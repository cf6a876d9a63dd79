import { lookupService } from 'node:dns/promises';
import { isIP } from 'node:net';
import {
  NI_DGRAM,
  NI_NAMEREQD,
  NI_NOFQDN,
  NI_NUMERICHOST,
  NI_NUMERICSERV,
  OSError,
  type SocketAddress,
} from '@loop/posix';
import { checkInteger, describe, propertiesOfAddress } from '@loop/posix/internal';
import { fromNodeError } from '../backend/node-error.ts';
import { toNodeHost } from '../socket/node-address.ts';
import { serviceName } from './services.ts';

const KNOWN_FLAGS = NI_DGRAM | NI_NAMEREQD | NI_NOFQDN | NI_NUMERICHOST | NI_NUMERICSERV;

/**
 * What `getnameinfo` of `@loop/posix` gives, by Node's own resolver.
 *
 * @see getnameinfo(3), Node `dns.lookupService`
 */
export async function getnameinfoByNode(
  sockaddr: SocketAddress,
  flags = 0,
): Promise<[host: string, service: string]> {
  checkInteger(flags, 'flags');
  if (!Array.isArray(sockaddr) || typeof sockaddr[0] !== 'string') {
    throw new TypeError(`Expected sockaddr to be [host, port], got ${describe(sockaddr)}`);
  }
  const [host, port] = sockaddr as [string, number];
  checkInteger(port, 'port', 0, 0xffff);
  if ((flags & ~KNOWN_FLAGS) !== 0) throw failure('EAI_BADFLAGS', sockaddr);
  if (isIP(host) === 0) throw failure('ENOTFOUND', sockaddr);
  const service = (flags & NI_NUMERICSERV) !== 0 ? null : nameOfService(port, flags);
  return [await nameOfHost(sockaddr, flags), service ?? String(port)];
}

async function nameOfHost(sockaddr: SocketAddress, flags: number): Promise<string> {
  const host = toNodeHost(sockaddr);
  const required = (flags & NI_NAMEREQD) !== 0;
  if ((flags & NI_NUMERICHOST) !== 0) {
    if (required) throw failure('ENOTFOUND', sockaddr);
    return host;
  }
  try {
    // Any port will do: it is the host that is asked for.
    return (await lookupService(host, 0)).hostname;
  } catch (error) {
    const cause = fromNodeError(error, 'getnameinfo', propertiesOfAddress(sockaddr));
    const isUnknown = cause instanceof OSError && cause.code === 'ENOTFOUND';
    if (!isUnknown || required) throw cause;
    return host;
  }
}

function nameOfService(port: number, flags: number): string | null {
  return serviceName(port, (flags & NI_DGRAM) === 0 ? 'tcp' : 'udp');
}

function failure(code: string, sockaddr: unknown): OSError {
  return new OSError(code, { syscall: 'getnameinfo', ...propertiesOfAddress(sockaddr) });
}
