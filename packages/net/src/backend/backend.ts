import type { Coroutine } from '@loop/core';
import type { AddressInfo, Socket, SocketAddress } from '@loop/posix';
import type { DatagramChannel, DatagramEvents } from '../datagram/datagram-channel.ts';
import type { PipeEnd, PipeObject } from '../pipe/pipe-file.ts';
import type { ChannelEvents, StreamChannel } from '../transport/stream-channel.ts';
import type { SocketView } from '../transport/transport-socket.ts';
import type { ExtraInfo } from '../transport/transport.ts';
import type { BackendName } from './backend-name.ts';
import type { StreamOwner } from './descriptor-owners.ts';

/**
 * One way to do I/O. The methods of the loop check arguments, resolve names, order addresses, make
 * protocols and word errors; a backend opens, and answers with things that the rest can use alike.
 *
 * 1. Addresses are numeric, arguments checked.
 * 2. A method that fails or is cancelled leaves nothing open.
 * 3. What the system refuses is an `OSError`, whose `syscall` is `bind` where a name could not be had.
 * 4. Who gets a source or listener opens it or closes it.
 */
export interface Backend {
  readonly name: BackendName;
  /** Connects to one address, from `local` if that is given. */
  connect(target: AddressInfo, local: SocketAddress | null): Coroutine<StreamSource>;
  connectUnix(path: string | Buffer): Coroutine<StreamSource>;
  /** A connected socket that the caller gives away. */
  adopt(socket: Socket): StreamSource;
  /** Binds to one address; `null` where the system has no such family. */
  bind(address: AddressInfo, options: BindOptions): Coroutine<Listener | null>;
  /** Binds to a path at which there is no socket, or to an abstract name. */
  bindUnix(path: string | Buffer, options: BindUnixOptions): Coroutine<Listener>;
  /** A bound socket that the caller gives away. */
  adoptListener(socket: Socket, options: ListenOptions): Listener;
  openDatagram(plan: DatagramPlan): Coroutine<DatagramSource>;
  /** An open datagram socket that the caller gives away. */
  adoptDatagram(socket: Socket): DatagramSource;
  /**
   * One end of a pipe, which the transport closes.
   *
   * @throws {ValueError} It is none, or a file.
   */
  openPipe(pipe: PipeObject, end: PipeEnd): PipeSource;
}

/** A connected stream that no transport has yet. */
export interface StreamSource {
  /** Makes the channel of `owner`, which has the connection from now on. */
  open(events: ChannelEvents, owner: StreamOwner, extra?: Partial<ExtraInfo>): StreamChannel;
  close(): void;
}

/** How to listen. */
export interface ListenOptions {
  readonly backlog: number;
  /** Whether `start` will follow at once. */
  readonly startServing: boolean;
}

/** How to bind to a port. */
export interface BindOptions extends ListenOptions {
  readonly reuseAddress: boolean;
  readonly reusePort: boolean;
  readonly keepAlive: boolean;
}

/** How to bind to a path. */
export interface BindUnixOptions extends ListenOptions {
  /** Called when the name has been bound, which may be more than once. */
  readonly bound: () => void;
}

/** A bound socket, that connections can come by. */
export interface Listener {
  readonly socket: SocketView;
  /** Accepts connections from now on; called once. */
  start(accepted: (source: StreamSource, peer: SocketAddress | null) => void): Coroutine<void>;
  /** Accepts no more; connections that nobody has heard of are closed. May be repeated. */
  close(): void;
}

/** What a datagram socket is made from. */
export interface DatagramPlan {
  readonly family: number;
  readonly proto: number;
  /** Where to bind to. */
  readonly local: SocketAddress | null;
  /** Where to connect to. */
  readonly remote: SocketAddress | null;
  readonly reusePort: boolean;
  readonly allowBroadcast: boolean;
}

/** An open datagram socket that no transport has yet. */
export interface DatagramSource {
  /** Makes the channel of `owner`, which has the socket from now on. */
  open(events: DatagramEvents, owner: StreamOwner): DatagramChannel;
  close(): void;
}

/** One end of a pipe that no transport has yet. */
export interface PipeSource {
  /** What is typed there says nothing of who reads. */
  readonly isTerminal: boolean;
  /** Makes the channel of `owner`. The writing end tells by `ended` that its reader has gone, if it can. */
  open(events: ChannelEvents, owner: StreamOwner): StreamChannel;
}
