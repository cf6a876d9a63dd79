import { createSocket, type Socket as NodeDatagramSocket, type SocketOptions } from 'node:dgram';
import type { Coroutine, EventLoop } from '@loop/core';
import {
  AF_INET,
  AF_INET6,
  IPPROTO_UDP,
  OSError,
  type PeerAddress,
  SOCK_DGRAM,
  type SocketAddress,
} from '@loop/posix';
import { propertiesOfAddress } from '@loop/posix/internal';
import type { DatagramPlan, DatagramSource } from '../backend/backend.ts';
import { fromNodeError } from '../backend/node-error.ts';
import { nodeHandles } from '../backend/node-handles.ts';
import { connectError } from '../socket/connect-error.ts';
import { fromNodeAddress, toNodeDestination, toNodeTarget } from '../socket/node-address.ts';
import { NodeSocketView } from '../socket/node-socket-view.ts';
import { ProactorDatagramChannel } from './proactor-datagram-channel.ts';

/** A UDP socket of Node's, bound and connected as the plan says. */
export function* openNodeDatagram(loop: EventLoop, plan: DatagramPlan): Coroutine<DatagramSource> {
  const { family, proto, remote } = plan;
  if (proto !== 0 && proto !== IPPROTO_UDP) {
    throw new OSError('EPROTONOSUPPORT', { syscall: 'socket' });
  }
  const socket = createSocket(optionsOf(plan));
  socket.unref();
  nodeHandles(loop).add(socket, () => socket.close());
  try {
    const isBound = bind(socket, plan);
    if (remote !== null) yield* connect(loop, socket, remote, family);
    // Its own error events come from now on; until then there is nobody to tell.
    socket.on('error', () => {});
    const view = new NodeSocketView(socket, {
      family,
      type: SOCK_DGRAM,
      proto: IPPROTO_UDP,
      sockname: isBound || remote !== null ? nameOf(socket) : unboundName(family),
      peername: remote === null ? null : remoteName(socket),
    });
    return {
      open: (events, owner) => new ProactorDatagramChannel(loop, socket, view, events, owner),
      close: () => socket.close(),
    };
  } catch (error) {
    socket.close();
    throw error;
  }
}

function optionsOf({ family, reusePort }: DatagramPlan): SocketOptions {
  const options = {
    type: family === AF_INET6 ? 'udp6' : 'udp4',
    // Addresses are numeric: looking them up would only put off every send.
    lookup: (
      host: string,
      hints: unknown,
      done: (error: null, address: string, family: number) => void,
    ) => done(null, host, family === AF_INET6 ? 6 : 4),
    ...(reusePort ? { reusePort: true } : {}),
  } as const;
  return options;
}

/** Whether there was something to bind to. Node says at once how that went. */
function bind(socket: NodeDatagramSocket, plan: DatagramPlan): boolean {
  const { family, local, allowBroadcast } = plan;
  if (local === null && !allowBroadcast) return false;
  const [port, address] = local === null ? [0] : toNodeTarget(family, local);
  const failed: Error[] = [];
  const note = (error: Error): void => void failed.push(error);
  socket.once('error', note);
  socket.bind({ port, exclusive: true, ...(address === undefined ? {} : { address }) });
  socket.off('error', note);
  const [failure] = failed;
  if (failure !== undefined) throw fromNodeError(failure, 'bind', propertiesOfAddress(local));
  if (allowBroadcast) socket.setBroadcast(true);
  return true;
}

function* connect(
  loop: EventLoop,
  socket: NodeDatagramSocket,
  remote: SocketAddress,
  family: number,
): Coroutine<void> {
  const connected = loop.createFuture<void>();
  socket.connect(...toNodeDestination(family, remote, 'connect'), (error?: Error) => {
    if (connected.done()) return;
    if (error === undefined || error === null) connected.setResult();
    else {
      const cause = fromNodeError(error, 'connect');
      connected.setException(cause instanceof OSError ? connectError(cause, remote) : error);
    }
  });
  yield* connected;
}

function nameOf(socket: NodeDatagramSocket): PeerAddress {
  const { address, port } = socket.address();
  return fromNodeAddress(address, port);
}

function remoteName(socket: NodeDatagramSocket): PeerAddress {
  const { address, port } = socket.remoteAddress();
  return fromNodeAddress(address, port);
}

function unboundName(family: number): PeerAddress {
  return family === AF_INET ? ['0.0.0.0', 0] : ['::', 0, 0, 0];
}
