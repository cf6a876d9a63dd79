import { ValueError } from '@loop/core';
import { SO_REUSEPORT, type Socket, SOL_SOCKET } from '@loop/posix';

/**
 * Lets others that do the same bind to the same port.
 *
 * @throws {ValueError} The platform or the kernel cannot.
 */
export function setReusePort(socket: Socket): void {
  const message = 'reuse_port not supported by socket module';
  if (SO_REUSEPORT < 0) throw new ValueError(message);
  try {
    socket.setsockopt(SOL_SOCKET, SO_REUSEPORT, 1);
  } catch (cause) {
    throw new ValueError(`${message}, SO_REUSEPORT defined but not implemented.`, { cause });
  }
}
