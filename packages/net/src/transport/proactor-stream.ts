import type { Socket as NodeSocket } from 'node:net';
import type { EventLoop } from '@loop/core';
import { AF_UNIX, IPPROTO_TCP, type PeerAddress, SOCK_STREAM, type Socket } from '@loop/posix';
import type { StreamSource } from '../backend/backend.ts';
import { descriptorOwners, type StreamOwner } from '../backend/descriptor-owners.ts';
import { nodeHandles } from '../backend/node-handles.ts';
import { familyOfHost, fromNodeAddress } from '../socket/node-address.ts';
import { NodeSocketView } from '../socket/node-socket-view.ts';
import { ProactorChannel } from './proactor-channel.ts';
import type { ChannelEvents } from './stream-channel.ts';
import { type SocketView, TransportSocket } from './transport-socket.ts';
import type { ExtraInfo } from './transport.ts';

/** A connected socket of Node's that no transport has yet. It is paused. */
export class ProactorStream implements StreamSource {
  readonly #loop: EventLoop;
  readonly #socket: NodeSocket;
  readonly #view: SocketView;
  readonly #given: Socket | null;

  /** @param given - The socket of ours that Node has a duplicate of; both are closed together. */
  constructor(loop: EventLoop, socket: NodeSocket, view: SocketView, given: Socket | null = null) {
    this.#loop = loop;
    this.#socket = socket;
    this.#view = view;
    this.#given = given;
    // A running loop keeps the process alive by itself.
    socket.unref();
    nodeHandles(loop).add(socket, () => socket.destroy());
  }

  /** The address of the peer, where it has one. */
  get peername(): PeerAddress | null {
    return peerOf(this.#view);
  }

  open(events: ChannelEvents, owner: StreamOwner, extra: Partial<ExtraInfo> = {}): ProactorChannel {
    const loop = this.#loop;
    const given = this.#given;
    const fd = given?.fileno() ?? -1;
    if (fd >= 0) descriptorOwners(loop).claim(fd, owner);
    return new ProactorChannel(loop, this.#socket, events, owner, {
      kind: 'socket',
      extra: {
        socket: new TransportSocket(this.#view),
        sockname: this.#view.getsockname(),
        peername: this.peername,
        ...extra,
      },
      onClose: () => {
        if (fd >= 0) descriptorOwners(loop).release(fd);
        given?.close();
      },
    });
  }

  close(): void {
    this.#socket.destroy();
    this.#given?.close();
  }
}

/** What a TCP socket of Node's says of itself. */
export function tcpView(socket: NodeSocket): SocketView {
  const { localAddress = '', localPort = 0, remoteAddress, remotePort = 0 } = socket;
  return new NodeSocketView(socket, {
    family: familyOfHost(localAddress),
    type: SOCK_STREAM,
    proto: IPPROTO_TCP,
    sockname: fromNodeAddress(localAddress, localPort),
    peername: remoteAddress === undefined ? null : fromNodeAddress(remoteAddress, remotePort),
  });
}

/** A Unix socket's names, which Node does not tell. */
export function unixView(
  socket: object,
  sockname: PeerAddress,
  peername: PeerAddress | null,
): SocketView {
  return new NodeSocketView(socket, {
    family: AF_UNIX,
    type: SOCK_STREAM,
    proto: 0,
    sockname,
    peername,
  });
}

function peerOf(view: SocketView): PeerAddress | null {
  try {
    return view.getpeername();
  } catch {
    return null;
  }
}
