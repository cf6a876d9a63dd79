import type { EventLoop } from '@loop/core';
import { AF_INET, AF_INET6, IPPROTO_TCP, type Socket, SOCK_STREAM, TCP_NODELAY } from '@loop/posix';
import type { StreamSource } from '../backend/backend.ts';
import {
  type DescriptorOwner,
  descriptorOwners,
  type StreamOwner,
} from '../backend/descriptor-owners.ts';
import { SelectorChannel } from './selector-channel.ts';
import type { ChannelEvents } from './stream-channel.ts';
import type { ExtraInfo } from './transport.ts';

/** A connected socket on the selector backend that no transport has yet. It is closed with the loop. */
export class SelectorStream implements StreamSource, DescriptorOwner {
  readonly #loop: EventLoop;
  readonly #socket: Socket;
  readonly #inherits: boolean;

  /** @param inherits - The socket has the options of the listening one that it comes from. */
  constructor(loop: EventLoop, socket: Socket, inherits = false) {
    this.#loop = loop;
    this.#socket = socket;
    this.#inherits = inherits;
    descriptorOwners(loop).claim(socket.fileno(), this);
  }

  open(events: ChannelEvents, owner: StreamOwner, extra?: Partial<ExtraInfo>): SelectorChannel {
    if (!this.#inherits) setNodelay(this.#socket);
    return new SelectorChannel(this.#loop, this.#socket, events, owner, extra);
  }

  close(): void {
    descriptorOwners(this.#loop).release(this.#socket.fileno());
    this.#socket.close();
  }

  /** It may be used by hand. */
  isClosing(): boolean {
    return true;
  }

  /** @internal */
  _drop(): void {
    this.#socket.close();
  }
}

/** Small writes go out at once; other kinds of sockets know nothing of it. */
export function setNodelay(socket: Socket): void {
  const isTcp =
    (socket.family === AF_INET || socket.family === AF_INET6) &&
    socket.type === SOCK_STREAM &&
    (socket.proto === 0 || socket.proto === IPPROTO_TCP);
  if (isTcp) socket.setsockopt(IPPROTO_TCP, TCP_NODELAY, 1);
}
