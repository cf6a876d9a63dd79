import {
  CancelledError,
  type Coroutine,
  type EventLoop,
  type Future,
  operation,
  RuntimeError,
} from '@loop/core';
import { describe, isExit } from '@loop/core/errors';
import type { SocketAddress } from '@loop/posix';
import type { Listener, StreamSource } from '../backend/backend.ts';
import { checkOptions, checkProtocol } from '../check-options.ts';
import type { TlsParameters } from '../tls/tls-options.ts';
import {
  type AnyStreamProtocol,
  openStream,
  type ProtocolFactory,
} from '../transport/open-stream.ts';
import type { ConnectionOwner, StreamTransport } from '../transport/stream-transport.ts';
import { TransportSocket } from '../transport/transport-socket.ts';
import { AbstractServer, type ServeForeverOptions } from './abstract-server.ts';

const END_CLIENTS = new Set(['wait', 'close', 'abort']);

/** What a server does besides accepting. */
export interface ServerOptions {
  /** How its connections speak TLS. */
  readonly tls?: TlsParameters | null | undefined;
  readonly onClose?: ((() => void) | null) | undefined;
}

/**
 * A server: listening sockets, and the connections that came by them. Made by `createServer` and its like.
 *
 * With `await using` it is closed at the end of the block, when its connections have gone too.
 *
 * @see CPython `asyncio.Server`
 */
export class Server extends AbstractServer implements ConnectionOwner {
  readonly #loop: EventLoop;
  readonly #factory: ProtocolFactory<AnyStreamProtocol>;
  readonly #clients = new Set<StreamTransport>();
  readonly #tls: TlsParameters | null;
  readonly #onClose: (() => void) | null;
  #listeners: readonly Listener[] | null;
  #serving = false;
  readonly #closedWaiters = new Set<Future<void>>();
  #forever: Future<void> | null = null;

  /** @internal */
  constructor(
    loop: EventLoop,
    listeners: readonly Listener[],
    factory: ProtocolFactory<AnyStreamProtocol>,
    { tls = null, onClose = null }: ServerOptions = {},
  ) {
    super();
    this.#loop = loop;
    this.#factory = factory;
    this.#tls = tls;
    this.#onClose = onClose;
    this.#listeners = listeners;
  }

  /** The sockets that are listened on; none once the server is closed. */
  get sockets(): TransportSocket[] {
    return this.#listeners?.map(({ socket }) => new TransportSocket(socket)) ?? [];
  }

  override getLoop(): EventLoop {
    return this.#loop;
  }

  /** Whether connections are accepted. */
  override isServing(): boolean {
    return this.#serving;
  }

  /** Starts to accept connections; without effect if it does. Rejects with `RuntimeError` once it is closed. */
  override startServing(): Future<void> {
    return operation(() => this.#start(), this.#loop);
  }

  /**
   * Accepts connections until it is cancelled, which closes the server and waits for its connections, for
   * as long as their peers like; `clients` ends them.
   * Rejects with `RuntimeError` if the server is closed, or is served already; with `CancelledError`
   * when somebody else closes it.
   */
  override serveForever(options: ServeForeverOptions = {}): Future<void> {
    return operation(() => this.#serveForever(options), this.#loop);
  }

  /** Listens no more, at once. Connections stay open. */
  override close(): void {
    const listeners = this.#listeners;
    if (listeners === null) return;
    this.#listeners = null;
    this.#serving = false;
    for (const listener of listeners) listener.close();
    this.#onClose?.();
    // They were accepted, but nobody has heard of them yet.
    for (const client of this.#clients) if (!client._started) client._drop();
    if (this.#forever !== null && !this.#forever.done()) this.#forever.cancel();
    this.#wakeClosedWaiters();
  }

  /** Closes every connection; what is buffered is sent. */
  override closeClients(): void {
    for (const client of this.#clients) client.close();
  }

  /** Closes every connection at once. */
  override abortClients(): void {
    for (const client of this.#clients) client.abort();
  }

  /** Waits until the server is closed and the last of its connections is gone. */
  override waitClosed(): Future<void> {
    return operation(() => this.#waitClosed(), this.#loop);
  }

  override toString(): string {
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
    yield* this.#listen();
    // One iteration, so that the sockets are watched when the caller goes on.
    yield;
  }

  *#listen(): Coroutine<void> {
    const listeners = this.#listeners;
    if (listeners === null) throw new RuntimeError(`server ${this.toString()} is closed`);
    if (this.#serving) return;
    this.#serving = true;
    for (const listener of listeners) {
      yield* listener.start((source, peer) => this.#accepted(source, peer));
    }
  }

  *#serveForever(options: ServeForeverOptions): Coroutine<void> {
    checkOptions(options, ['clients'], 'serveForever');
    const { clients = 'wait' } = options;
    if (!END_CLIENTS.has(clients)) {
      throw new TypeError(`Expected clients to be wait, close or abort, got ${describe(clients)}`);
    }
    if (this.#forever !== null) {
      throw new RuntimeError(
        `server ${this.toString()} is already being awaited on serve_forever()`,
      );
    }
    const forever = this.#loop.createFuture<void>();
    this.#forever = forever;
    let listening = false;
    try {
      yield* this.#listen();
      listening = true;
      yield* forever;
    } catch (error) {
      // What could not begin may be tried again.
      if (listening || error instanceof CancelledError) {
        this.close();
        if (clients === 'close') this.closeClients();
        else if (clients === 'abort') this.abortClients();
        yield* this.#waitClosed();
      }
      throw error;
    } finally {
      this.#forever = null;
    }
  }

  *#waitClosed(): Coroutine<void> {
    if (this.#isGone()) return;
    const closed = this.#loop.createFuture<void>();
    this.#closedWaiters.add(closed);
    try {
      yield* closed;
    } finally {
      this.#closedWaiters.delete(closed);
    }
  }

  #isGone(): boolean {
    return this.#listeners === null && this.#clients.size === 0;
  }

  #wakeClosedWaiters(): void {
    if (!this.#isGone() || this.#loop.isClosed()) return;
    for (const waiter of this.#closedWaiters) if (!waiter.done()) waiter.setResult();
  }

  /** In a task of its own, as in the reference: a connection that fails is no other's affair. */
  #accepted(source: StreamSource, peername: SocketAddress | null): void {
    try {
      void this.#loop.createTask(this.#setUp(source, peername));
    } catch (error) {
      // A task factory may do anything.
      source.close();
      throw error;
    }
  }

  *#setUp(source: StreamSource, peername: SocketAddress | null): Coroutine<void> {
    let transport: StreamTransport | undefined;
    let protocol: AnyStreamProtocol | undefined;
    try {
      protocol = checkProtocol(this.#factory());
      if (this.#listeners === null) {
        source.close();
        return;
      }
      const extra = { peername };
      if (this.#tls === null) {
        // Nothing can keep it from being made any more.
        openStream(this.#loop, source, protocol, { owner: this, extra });
        return;
      }
      const ready = this.#loop.createFuture<void>();
      const options = { owner: this, extra, tls: this.#tls, ready };
      transport = openStream(this.#loop, source, protocol, options);
      yield* ready;
    } catch (exception) {
      if (transport === undefined) source.close();
      else transport.close();
      if (isExit(exception)) throw exception;
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
