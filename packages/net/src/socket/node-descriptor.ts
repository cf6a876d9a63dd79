import type { Socket } from '@loop/posix';

/**
 * A descriptor of `socket` for Node to close. A second one: if both closed the same, and one of them too
 * early, Node would end the process.
 */
export function descriptorForNode(socket: Socket): number {
  return socket.dup().detach();
}
