import { checkInteger } from '../check-argument.ts';
import { AF_UNIX, SOCK_STREAM } from '../constants/constants.ts';
import { CREATION_FLAGS, openSocketPair } from './native-socket.ts';
import { adoptSocket, type Socket } from './socket.ts';

/**
 * Two sockets connected to each other, both non-blocking.
 *
 * @see CPython `socket.socketpair`; socketpair(2)
 */
export function socketpair(family = AF_UNIX, type = SOCK_STREAM, proto = 0): [Socket, Socket] {
  checkInteger(family, 'family', 0);
  checkInteger(type, 'type', 0);
  checkInteger(proto, 'proto', 0);
  const kind = type & ~CREATION_FLAGS;
  const [one, other] = openSocketPair(family, kind, proto);
  return [adoptSocket(one, family, kind, proto), adoptSocket(other, family, kind, proto)];
}
