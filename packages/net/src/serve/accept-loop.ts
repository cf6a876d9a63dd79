import { createHandle, type EventLoop, type TimerHandle } from '@loop/core';
import { OSError, type Socket, SOCK_STREAM, type SocketAddress } from '@loop/posix';
import {
  adoptSocket,
  EAGAIN,
  ECONNABORTED,
  EINTR,
  EMFILE,
  ENFILE,
  ENOBUFS,
  ENOMEM,
  lastAddress,
  tryAccept,
} from '@loop/posix/internal';
import { selectorBackend } from '../backend/selector-backend.ts';
import { TransportSocket } from '../transport/transport-socket.ts';

// How long to leave the queue alone when there are no descriptors or memory for a connection.
const PAUSE = 1;

/** Accepts connections of one listening socket, up to `backlog + 1` for each readiness. */
export class AcceptLoop {
  readonly socket: Socket;
  readonly #loop: EventLoop;
  readonly #backlog: number;
  readonly #accepted: (connection: Socket, peer: SocketAddress) => void;
  #retry: TimerHandle | null = null;
  #stopped = true;

  constructor(
    loop: EventLoop,
    socket: Socket,
    backlog: number,
    accepted: (connection: Socket, peer: SocketAddress) => void,
  ) {
    this.#loop = loop;
    this.socket = socket;
    this.#backlog = backlog;
    this.#accepted = accepted;
  }

  start(): void {
    if (!this.#stopped) return;
    this.socket.listen(this.#backlog);
    this.#stopped = false;
    selectorBackend(this.#loop).claim(this.socket.fileno(), this);
    this.#watch();
  }

  /** Accepts no more; the socket is closed, and with it the connections that wait in its queue. */
  close(): void {
    if (!this.#stopped) {
      this.#stopped = true;
      this.#retry?.cancel();
      if (!this.#loop.isClosed()) {
        const backend = selectorBackend(this.#loop);
        backend.poller.removeReader(this.socket.fileno());
        backend.release(this.socket.fileno());
      }
    }
    this.socket.close();
  }

  /** As in the reference, a listening socket may be watched by hand too. */
  isClosing(): boolean {
    return true;
  }

  _drop(): void {
    this.close();
  }

  #watch(): void {
    this.#retry = null;
    const handle = createHandle(this.#loop, () => this.#acceptRound(), []);
    selectorBackend(this.#loop).poller.setReader(this.socket, this.socket.fileno(), handle);
  }

  #acceptRound(): void {
    for (let count = 0; count <= this.#backlog; count += 1) {
      if (this.#stopped) return;
      const fd = tryAccept(this.socket.fileno());
      if (fd >= 0) {
        const peer = lastAddress();
        this.#accepted(adoptSocket(fd, this.socket.family, SOCK_STREAM, this.socket.proto), peer);
        continue;
      }
      if (fd === -ECONNABORTED || fd === -EINTR) continue;
      if (fd === -EAGAIN) return;
      const error = new OSError(fd, { syscall: 'accept' });
      if (!isExhaustion(fd)) throw error;
      this.#pause(error);
      return;
    }
  }

  /** No connection is lost by that: they wait in the kernel's queue. */
  #pause(exception: OSError): void {
    selectorBackend(this.#loop).poller.removeReader(this.socket.fileno());
    this.#retry = this.#loop.callLater(PAUSE, () => this.#watch());
    this.#loop.callExceptionHandler({
      message: 'socket.accept() out of system resource',
      exception,
      socket: new TransportSocket(this.socket),
    });
  }
}

function isExhaustion(result: number): boolean {
  return [EMFILE, ENFILE, ENOBUFS, ENOMEM].includes(-result);
}
