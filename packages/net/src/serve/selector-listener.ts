import type { Coroutine, EventLoop } from '@loop/core';
import type { Socket, SocketAddress } from '@loop/posix';
import type { Listener, StreamSource } from '../backend/backend.ts';
import { SelectorStream, setNodelay } from '../transport/selector-stream.ts';
import { AcceptLoop } from './accept-loop.ts';

/** Linux hands a listening socket's options on to what it accepts; others need not. */
const INHERITED = process.platform === 'linux';

/** A bound socket on the selector backend. */
export class SelectorListener implements Listener {
  readonly socket: Socket;
  readonly #loop: EventLoop;
  readonly #backlog: number;
  #accepting: AcceptLoop | null = null;

  constructor(loop: EventLoop, socket: Socket, backlog: number) {
    this.#loop = loop;
    this.socket = socket;
    this.#backlog = backlog;
  }

  *start(accepted: (source: StreamSource, peer: SocketAddress) => void): Coroutine<void> {
    // Once for all connections, which come with it: a call to the system less for each.
    if (INHERITED) setNodelay(this.socket);
    this.#accepting = new AcceptLoop(this.#loop, this.socket, this.#backlog, (connection, peer) =>
      accepted(new SelectorStream(this.#loop, connection, INHERITED), peer),
    );
    this.#accepting.start();
  }

  close(): void {
    if (this.#accepting === null) this.socket.close();
    else this.#accepting.close();
  }
}
