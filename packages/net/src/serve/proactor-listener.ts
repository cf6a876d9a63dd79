import type { Socket as NodeSocket } from 'node:net';
import {
  type Coroutine,
  createHandle,
  enqueueHandle,
  type EventLoop,
  type Handle,
} from '@loop/core';
import {
  type AddressInfo,
  AF_INET,
  AF_INET6,
  AF_UNIX,
  OSError,
  type Socket,
  type SocketAddress,
} from '@loop/posix';
import type {
  BindOptions,
  BindUnixOptions,
  ListenOptions,
  Listener,
  StreamSource,
} from '../backend/backend.ts';
import { bindSocket, bindUnixSocket, isUnknownFamily } from '../backend/bind-socket.ts';
import { fromNodeError } from '../backend/node-error.ts';
import { NodeSocketView } from '../socket/node-socket-view.ts';
import { ProactorStream, tcpView, unixView } from '../transport/proactor-stream.ts';
import { type SocketView, TransportSocket } from '../transport/transport-socket.ts';
import {
  bindsAhead,
  type ListenPlan,
  needsOwnSocket,
  pathPlan,
  portPlan,
  socketPlan,
} from './listen-plan.ts';
import { ListeningServer } from './listening-server.ts';

type Accepted = (source: StreamSource, peer: SocketAddress | null) => void;

/**
 * A listener on the proactor.
 *
 * 1. Node binds and listens in one. One that shall not listen yet is closed again once it has shown that
 *    it can, and opened at `start`: meanwhile somebody else could take the port. With FFI it is a bound
 *    socket of ours, that Node gets at `start`.
 * 2. Connections come outside of the loop, and wait for a callback of the loop.
 */
export class ProactorListener implements Listener {
  socket: SocketView;
  readonly #loop: EventLoop;
  readonly #plan: ListenPlan;
  readonly #arrived: NodeSocket[] = [];
  #server: ListeningServer | null = null;
  #accepted: Accepted | null = null;
  #acceptance: Handle | null = null;
  #accepting = false;
  #closed = false;

  private constructor(loop: EventLoop, plan: ListenPlan) {
    this.#loop = loop;
    this.#plan = plan;
    this.socket = plan.given ?? unbound;
  }

  /** See {@link Backend.bind}. */
  static *bind(
    loop: EventLoop,
    info: AddressInfo,
    options: BindOptions,
  ): Coroutine<ProactorListener | null> {
    if (info[0] !== AF_INET && info[0] !== AF_INET6) return null;
    if (needsOwnSocket(options)) {
      const socket = bindSocket(info, options);
      return socket === null ? null : ProactorListener.adopt(loop, socket, options);
    }
    try {
      return yield* ProactorListener.#open(loop, portPlan(info, options), options);
    } catch (error) {
      if (error instanceof OSError && isUnknownFamily(error)) return null;
      throw error;
    }
  }

  /** See {@link Backend.bindUnix}. */
  static *bindUnix(
    loop: EventLoop,
    path: string | Buffer,
    options: BindUnixOptions,
  ): Coroutine<ProactorListener> {
    if (!bindsAhead(options.startServing)) {
      return yield* ProactorListener.#open(loop, pathPlan(path, options), options);
    }
    const socket = bindUnixSocket(path);
    options.bound();
    return ProactorListener.adopt(loop, socket, options);
  }

  /** See {@link Backend.adoptListener}. */
  static adopt(loop: EventLoop, socket: Socket, options: ListenOptions): ProactorListener {
    return new ProactorListener(loop, socketPlan(socket, options));
  }

  static *#open(
    loop: EventLoop,
    plan: ListenPlan,
    { startServing }: ListenOptions,
  ): Coroutine<ProactorListener> {
    const listener = new ProactorListener(loop, plan);
    const server = yield* listener.#listen();
    if (startServing) return listener;
    listener.socket = closedView(server.view);
    server.close();
    listener.#server = null;
    return listener;
  }

  *start(accepted: Accepted): Coroutine<void> {
    this.#accepted = accepted;
    this.#acceptance = createHandle(this.#loop, () => this.#acceptAll(), []);
    if (this.#server === null) yield* this.#listen();
    if (this.#arrived.length > 0) this.#acceptSoon();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#acceptance?.cancel();
    for (const socket of this.#arrived.splice(0)) socket.destroy();
    if (this.#server === null) this.#plan.given?.close();
    else this.#server.close();
  }

  *#listen(): Coroutine<ListeningServer> {
    const server = new ListeningServer(this.#loop, this.#plan, {
      connected: (socket) => this.#arrive(socket),
      failed: (error) => this.#failed(error),
    });
    this.#server = server;
    // Where the system has chosen a port it has to be that one again.
    const name = this.socket.getsockname();
    const chosen = this.#plan.given === null && Array.isArray(name) ? name[1] : undefined;
    yield* server.open(chosen);
    this.socket = server.view;
    return server;
  }

  #arrive(socket: NodeSocket): void {
    socket.unref();
    // Until somebody listens to it.
    socket.on('error', () => {});
    if (this.#closed) {
      socket.destroy();
      return;
    }
    this.#arrived.push(socket);
    if (this.#accepted !== null) this.#acceptSoon();
  }

  #acceptSoon(): void {
    if (this.#accepting || this.#loop.isClosed()) return;
    this.#accepting = true;
    enqueueHandle(this.#loop, this.#acceptance as Handle);
  }

  #acceptAll(): void {
    this.#accepting = false;
    try {
      for (let next = this.#arrived.shift(); next !== undefined; next = this.#arrived.shift()) {
        this.#accept(next);
      }
    } finally {
      if (this.#arrived.length > 0) this.#acceptSoon();
    }
  }

  #accept(socket: NodeSocket): void {
    const { family } = this.socket;
    const view =
      family === AF_UNIX ? unixView(socket, this.socket.getsockname(), '') : tcpView(socket);
    const source = new ProactorStream(this.#loop, socket, view);
    this.#accepted?.(source, source.peername);
  }

  /** Node could not accept a connection; it goes on by itself. */
  #failed(error: Error): void {
    if (this.#loop.isClosed()) return;
    this.#loop.callExceptionHandler({
      message: 'socket.accept() out of system resource',
      exception: fromNodeError(error, 'accept'),
      socket: new TransportSocket(this.socket),
    });
  }
}

/** What is known of a listener whose server is closed until it shall serve. */
function closedView(view: SocketView): SocketView {
  const { family, type, proto } = view;
  return new NodeSocketView(
    {},
    { family, type, proto, sockname: view.getsockname(), peername: null },
  );
}

const unbound = new NodeSocketView(
  {},
  { family: 0, type: 0, proto: 0, sockname: '', peername: null },
);
