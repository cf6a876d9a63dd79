import type { Coroutine, EventLoop } from '@loop/core';
import { type AddressInfo, AF_UNIX, Socket, SOCK_STREAM, type SocketAddress } from '@loop/posix';
import { adoptDatagramSocket, openDatagramSocket } from '../datagram/open-datagram-socket.ts';
import { type PipeEnd, PipeFile, type PipeObject } from '../pipe/pipe-file.ts';
import { SelectorPipeChannel } from '../pipe/selector-pipe-channel.ts';
import { SelectorListener } from '../serve/selector-listener.ts';
import { sockConnect } from '../socket/socket-methods.ts';
import { SelectorStream } from '../transport/selector-stream.ts';
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
import { bindSocket, bindUnixSocket } from './bind-socket.ts';
import { descriptorOwners } from './descriptor-owners.ts';

/** I/O by readiness: sockets of our own. */
export class SelectorSockets implements Backend {
  readonly name = 'selector';
  readonly #loop: EventLoop;

  constructor(loop: EventLoop) {
    this.#loop = loop;
  }

  *connect(
    [family, type, proto, , address]: AddressInfo,
    local: SocketAddress | null,
  ): Coroutine<StreamSource> {
    const socket = new Socket(family, type, proto);
    return yield* this.#connected(socket, address, local);
  }

  *connectUnix(path: string | Buffer): Coroutine<StreamSource> {
    return yield* this.#connected(new Socket(AF_UNIX, SOCK_STREAM), path, null);
  }

  adopt(socket: Socket): StreamSource {
    socket.setblocking(false);
    return new SelectorStream(this.#loop, socket);
  }

  *bind(info: AddressInfo, options: BindOptions): Coroutine<Listener | null> {
    const socket = bindSocket(info, options);
    return socket === null ? null : new SelectorListener(this.#loop, socket, options.backlog);
  }

  *bindUnix(path: string | Buffer, { backlog, bound }: BindUnixOptions): Coroutine<Listener> {
    const socket = bindUnixSocket(path);
    bound();
    return new SelectorListener(this.#loop, socket, backlog);
  }

  adoptListener(socket: Socket, { backlog }: ListenOptions): Listener {
    socket.setblocking(false);
    return new SelectorListener(this.#loop, socket, backlog);
  }

  openDatagram(plan: DatagramPlan): Coroutine<DatagramSource> {
    return openDatagramSocket(this.#loop, plan);
  }

  adoptDatagram(socket: Socket): DatagramSource {
    return adoptDatagramSocket(this.#loop, socket);
  }

  openPipe(pipe: PipeObject, end: PipeEnd): PipeSource {
    const file = new PipeFile(pipe, end);
    descriptorOwners(this.#loop).checkFree(file.fd);
    return {
      isTerminal: file.kind === 'character',
      open: (events, owner) => new SelectorPipeChannel(this.#loop, file, end, events, owner),
    };
  }

  *#connected(
    socket: Socket,
    address: SocketAddress,
    local: SocketAddress | null,
  ): Coroutine<StreamSource> {
    try {
      if (local !== null) socket.bind(local);
      yield* sockConnect(this.#loop, socket, address);
      return new SelectorStream(this.#loop, socket);
    } catch (error) {
      socket.close();
      throw error;
    }
  }
}
