import { connect, type NetConnectOpts, Socket as NodeSocket } from 'node:net';
import type { Coroutine, EventLoop } from '@loop/core';
import {
  type AddressInfo,
  AF_INET,
  AF_INET6,
  AF_UNIX,
  IPPROTO_TCP,
  OSError,
  type Socket,
  type SocketAddress,
} from '@loop/posix';
import { adoptDatagramSocket, openDatagramSocket } from '../datagram/open-datagram-socket.ts';
import { openNodeDatagram } from '../datagram/open-node-datagram.ts';
import type { PipeEnd, PipeObject } from '../pipe/pipe-file.ts';
import { ProactorPipe } from '../pipe/proactor-pipe.ts';
import { ProactorListener } from '../serve/proactor-listener.ts';
import { connectError } from '../socket/connect-error.ts';
import { toNodeHost } from '../socket/node-address.ts';
import { descriptorForNode } from '../socket/node-descriptor.ts';
import { nodeHasReusePort } from '../socket/node-reuse-port.ts';
import { nodePath } from '../socket/node-path.ts';
import { ProactorStream, tcpView, unixView } from '../transport/proactor-stream.ts';
import type {
  Backend,
  BindOptions,
  BindUnixOptions,
  DatagramPlan,
  DatagramSource,
  ListenOptions,
  Listener,
  PipeSource,
  StreamSource,
} from './backend.ts';
import { fromNodeError } from './node-error.ts';
import { nodeHandles } from './node-handles.ts';

/** I/O by completion: Node's sockets, without FFI. */
export class ProactorSockets implements Backend {
  readonly name = 'proactor';
  readonly #loop: EventLoop;

  constructor(loop: EventLoop) {
    this.#loop = loop;
  }

  *connect(
    [, , proto, , address]: AddressInfo,
    local: SocketAddress | null,
  ): Coroutine<StreamSource> {
    // Node's stream sockets are TCP.
    if (proto !== 0 && proto !== IPPROTO_TCP) {
      throw new OSError('EPROTONOSUPPORT', { syscall: 'socket' });
    }
    const socket = yield* this.#connected(address, {
      host: toNodeHost(address),
      port: address[1] as number,
      autoSelectFamily: false,
      noDelay: true,
      ...(local === null ? {} : { localAddress: toNodeHost(local), localPort: local[1] as number }),
    });
    return new ProactorStream(this.#loop, socket, tcpView(socket));
  }

  *connectUnix(path: string | Buffer): Coroutine<StreamSource> {
    const text = nodePath(path);
    const socket = yield* this.#connected(text, { path: text });
    return new ProactorStream(this.#loop, socket, unixView(socket, '', text));
  }

  adopt(socket: Socket): StreamSource {
    const fd = descriptorForNode(socket);
    const taken = new NodeSocket({ fd, readable: true, writable: true, allowHalfOpen: true });
    taken.pause();
    if (socket.family !== AF_UNIX) taken.setNoDelay(true);
    return new ProactorStream(this.#loop, taken, socket, socket);
  }

  *bind(address: AddressInfo, options: BindOptions): Coroutine<Listener | null> {
    return yield* ProactorListener.bind(this.#loop, address, options);
  }

  *bindUnix(path: string | Buffer, options: BindUnixOptions): Coroutine<Listener> {
    return yield* ProactorListener.bindUnix(this.#loop, path, options);
  }

  adoptListener(socket: Socket, options: ListenOptions): Listener {
    return ProactorListener.adopt(this.#loop, socket, options);
  }

  openDatagram(plan: DatagramPlan): Coroutine<DatagramSource> {
    const { family, reusePort } = plan;
    const isForNode =
      (family === AF_INET || family === AF_INET6) && (!reusePort || nodeHasReusePort());
    return isForNode ? openNodeDatagram(this.#loop, plan) : openDatagramSocket(this.#loop, plan);
  }

  /** Node takes no datagram socket that is connected already: ours stays ours. */
  adoptDatagram(socket: Socket): DatagramSource {
    return adoptDatagramSocket(this.#loop, socket);
  }

  openPipe(pipe: PipeObject, end: PipeEnd): PipeSource {
    return new ProactorPipe(this.#loop, pipe, end);
  }

  *#connected(address: SocketAddress, options: NetConnectOpts): Coroutine<NodeSocket> {
    const connected = this.#loop.createFuture<void>();
    const socket = connect({ ...options, allowHalfOpen: true }).pause();
    socket.unref();
    nodeHandles(this.#loop).add(socket, () => socket.destroy());
    const fail = (error: Error): void => {
      if (!connected.done()) connected.setException(failureOf(error, address));
    };
    socket.once('error', fail);
    socket.once('connect', () => {
      if (!connected.done()) connected.setResult();
    });
    try {
      yield* connected;
      return socket;
    } catch (error) {
      socket.destroy();
      throw error;
    }
  }
}

function failureOf(error: NodeJS.ErrnoException, address: SocketAddress): Error {
  if (error.syscall === 'bind') return fromNodeError(error, 'bind') as Error;
  const cause = fromNodeError(error, 'connect');
  return cause instanceof OSError ? connectError(cause, address) : error;
}
