import { type Coroutine, type EventLoop, type Future, operation, RuntimeError } from '@loop/core';
import type { Socket } from '@loop/posix';
import {
  type AnyStreamProtocol,
  openStream,
  type ProtocolFactory,
} from '../transport/open-stream.ts';
import type { ConnectionOwner, StreamTransport } from '../transport/stream-transport.ts';
import { TransportSocket } from '../transport/transport-socket.ts';
import { AcceptLoop } from './accept-loop.ts';

/**
 * A server: listening sockets, and the connections that came by them. Made by `createServer` and its like.
 *
 * With `await using` it is closed at the end of the block, when its connections have gone too.
 *
 * @see CPython `asyncio.Server`
 */
export class Server implements ConnectionOwner, AsyncDisposable {
  readonly #loop: EventLoop;
  readonly #factory: ProtocolFactory<AnyStreamProtocol>;
  readonly #clients = new Set<StreamTransport>();
  readonly #onClose: (() => void) | null;
  #accepting: AcceptLoop[] | null;
  #serving = false;
  #closedWaiters: Array<Future<void>> = [];
  #forever: Future<void> | null = null;

  /** @internal */
  constructor(
    loop: EventLoop,
    sockets: readonly Socket[],
    factory: ProtocolFactory<AnyStreamProtocol>,
    backlog: number,
    onClose: (() => void) | null = null,
  ) {
    this.#loop = loop;
    this.#factory = factory;
    this.#onClose = onClose;
    this.#accepting = sockets.map(
      (socket) => new AcceptLoop(loop, socket, backlog, (connection) => this.#accepted(connection)),
    );
  }

  /** The sockets that are listened on; none once the server is closed. */
  get sockets(): TransportSocket[] {
    return this.#accepting?.map(({ socket }) => new TransportSocket(socket)) ?? [];
  }

  getLoop(): EventLoop {
    return this.#loop;
  }

  /** Whether connections are accepted. */
  isServing(): boolean {
    return this.#serving;
  }

  /** Starts to accept connections; without effect if it does. Rejects with `RuntimeError` once it is closed. */
  startServing(): Future<void> {
    return operation(() => this.#start(), this.#loop);
  }

  /**
   * Accepts connections until it is cancelled, which closes the server and waits for its connections.
   * Rejects with `RuntimeError` if the server is closed, or is served already; with `CancelledError`
   * when somebody else closes it.
   */
  serveForever(): Future<void> {
    return operation(() => this.#serveForever(), this.#loop);
  }

  /** Listens no more, at once. Connections stay open. */
  close(): void {
    const accepting = this.#accepting;
    if (accepting === null) return;
    this.#accepting = null;
    this.#serving = false;
    for (const each of accepting) each.close();
    this.#onClose?.();
    if (this.#forever !== null && !this.#forever.done()) this.#forever.cancel();
    this.#wakeClosedWaiters();
  }

  /** Closes every connection; what is buffered is sent. */
  closeClients(): void {
    for (const client of this.#clients) client.close();
  }

  /** Closes every connection at once. */
  abortClients(): void {
    for (const client of this.#clients) client.abort();
  }

  /** Waits until the server is closed and the last of its connections is gone. */
  waitClosed(): Future<void> {
    return operation(() => this.#waitClosed(), this.#loop);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
    await this.waitClosed();
  }

  toString(): string {
    return `<Server sockets=[${this.sockets.map(String).join(', ')}]>`;
  }

  /** @internal */
  attach(transport: StreamTransport): void {
    this.#clients.add(transport);
  }

  /** @internal */
  detach(transport: StreamTransport): void {
    this.#clients.delete(transport);
    this.#wakeClosedWaiters();
  }

  /** Starts without giving up control: for the methods that make servers. @internal */
  *_start(): Coroutine<void> {
    yield* this.#start();
  }

  *#start(): Coroutine<void> {
    if (this.#accepting === null) throw new RuntimeError(`server ${this.toString()} is closed`);
    if (!this.#serving) {
      this.#serving = true;
      for (const each of this.#accepting) each.start();
    }
    // One iteration, so that the sockets are watched when the caller goes on.
    yield;
  }

  *#serveForever(): Coroutine<void> {
    if (this.#forever !== null) {
      throw new RuntimeError(
        `server ${this.toString()} is already being awaited on serve_forever()`,
      );
    }
    if (this.#accepting === null) throw new RuntimeError(`server ${this.toString()} is closed`);
    const forever = this.#loop.createFuture<void>();
    this.#forever = forever;
    try {
      yield* this.#start();
      yield* forever;
    } catch (error) {
      this.close();
      yield* this.#waitClosed();
      throw error;
    } finally {
      this.#forever = null;
    }
  }

  *#waitClosed(): Coroutine<void> {
    if (this.#accepting === null && this.#clients.size === 0) return;
    const closed = this.#loop.createFuture<void>();
    this.#closedWaiters.push(closed);
    yield* closed;
  }

  #wakeClosedWaiters(): void {
    if (this.#accepting !== null || this.#clients.size > 0) return;
    const waiters = this.#closedWaiters;
    this.#closedWaiters = [];
    for (const waiter of waiters) if (!waiter.done()) waiter.setResult();
  }

  /** A factory that throws costs its own connection only. */
  #accepted(connection: Socket): void {
    let transport: StreamTransport | undefined;
    let protocol: AnyStreamProtocol | undefined;
    try {
      protocol = this.#factory();
      transport = openStream(this.#loop, connection, protocol, { owner: this });
    } catch (exception) {
      connection.close();
      if (!this.#loop.getDebug()) return;
      this.#loop.callExceptionHandler({
        message: 'Error on transport creation for incoming connection',
        exception,
        ...(protocol === undefined ? {} : { protocol }),
        ...(transport === undefined ? {} : { transport }),
      });
    }
  }
}
