import { isIPv4, isIPv6 } from 'node:net';
import { checkInteger } from '../check-argument.ts';
import { AF_INET, AF_INET6 } from '../constants/constants.ts';
import { describe } from '../describe.ts';
import { OSError } from '../os-error.ts';
import {
  encodeAddress,
  type IPv4Address,
  type IPv6Address,
  propertiesOfAddress,
  SOCKADDR_SIZE,
} from '../socket/socket-address.ts';
import { callResolver } from './call-resolver.ts';

const NI_MAXHOST = 1025;
const NI_MAXSERV = 32;

/**
 * The names of a host and service, looked up on another thread.
 *
 * @param sockaddr - With a numeric host.
 * @param flags - `NI_*`; `NI_NUMERICHOST` and `NI_NUMERICSERV` look nothing up.
 * @throws {OSError} `ENOTFOUND`: the host is not numeric, or has no name and `NI_NAMEREQD` asks for one.
 * @see CPython `socket.getnameinfo`; getnameinfo(3)
 */
export async function getnameinfo(
  sockaddr: IPv4Address | IPv6Address,
  flags = 0,
): Promise<[host: string, service: string]> {
  checkInteger(flags, 'flags');
  const address = Buffer.alloc(SOCKADDR_SIZE);
  const length = encodeAddress(familyOf(sockaddr), sockaddr, address);
  const [host, service] = [Buffer.alloc(NI_MAXHOST), Buffer.alloc(NI_MAXSERV)];
  await callResolver(
    'getnameinfo',
    [address, length, host, NI_MAXHOST, service, NI_MAXSERV, flags],
    propertiesOfAddress(sockaddr),
  );
  return [textIn(host), textIn(service)];
}

function familyOf(sockaddr: unknown): number {
  const host: unknown = Array.isArray(sockaddr) ? sockaddr[0] : undefined;
  if (typeof host !== 'string') {
    throw new TypeError(`Expected sockaddr to be [host, port], got ${describe(sockaddr)}`);
  }
  if (isIPv4(host)) return AF_INET;
  if (isIPv6(host)) return AF_INET6;
  throw new OSError('ENOTFOUND', { syscall: 'getnameinfo', ...propertiesOfAddress(sockaddr) });
}

function textIn(bytes: Buffer): string {
  return bytes.toString('utf8', 0, bytes.indexOf(0));
}
