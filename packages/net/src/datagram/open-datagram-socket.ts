import type { Coroutine, EventLoop } from '@loop/core';
import { SO_BROADCAST, SOCK_DGRAM, Socket, SOL_SOCKET } from '@loop/posix';
import type { DatagramPlan, DatagramSource } from '../backend/backend.ts';
import { setReusePort } from '../socket/reuse-port.ts';
import { sockConnect } from '../socket/socket-methods.ts';
import { SelectorDatagramChannel } from './selector-datagram-channel.ts';

/** A datagram socket of our own, bound and connected as the plan says. */
export function* openDatagramSocket(
  loop: EventLoop,
  plan: DatagramPlan,
): Coroutine<DatagramSource> {
  const socket = new Socket(plan.family, SOCK_DGRAM, plan.proto);
  try {
    if (plan.reusePort) setReusePort(socket);
    if (plan.allowBroadcast) socket.setsockopt(SOL_SOCKET, SO_BROADCAST, 1);
    if (plan.local !== null) socket.bind(plan.local);
    if (plan.remote !== null) yield* sockConnect(loop, socket, plan.remote);
    return adoptDatagramSocket(loop, socket);
  } catch (error) {
    socket.close();
    throw error;
  }
}

/** A datagram socket that is open already. */
export function adoptDatagramSocket(loop: EventLoop, socket: Socket): DatagramSource {
  socket.setblocking(false);
  return {
    open: (events, owner) => new SelectorDatagramChannel(loop, socket, events, owner),
    close: () => socket.close(),
  };
}
