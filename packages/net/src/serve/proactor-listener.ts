import { existsSync } from 'node:fs';
import {
  createServer,
  type ListenOptions as NodeListenOptions,
  type Server as NodeServer,
  type Socket as NodeSocket,
} from 'node:net';
import { dirname } from 'node:path';
import {
  type Coroutine,
  createHandle,
  enqueueHandle,
  type EventLoop,
  type Future,
  type Handle,
  RuntimeError,
} from '@loop/core';
import {
  type AddressInfo,
  AF_INET6,
  AF_UNIX,
  IPPROTO_TCP,
  isSupported,
  OSError,
  type PeerAddress,
  SOCK_STREAM,
  type Socket,
  type SocketAddress,
} from '@loop/posix';
import { propertiesOfAddress } from '@loop/posix/internal';
import type { BindOptions, ListenOptions, Listener, StreamSource } from '../backend/backend.ts';
import { bindSocket, isUnknownFamily } from '../backend/bind-socket.ts';
import { fromNodeError } from '../backend/node-error.ts';
import { nodeHandles } from '../backend/node-handles.ts';
import { familyOfHost, fromNodeAddress, toNodeHost } from '../socket/node-address.ts';
import { nodePath } from '../socket/node-path.ts';
import { NodeSocketView } from '../socket/node-socket-view.ts';
import { keepFile } from '../socket/unix-path.ts';
import { giveToNode, ProactorStream, tcpView, unixView } from '../transport/proactor-stream.ts';
import type { SocketView } from '../transport/transport-socket.ts';

type Accepted = (source: StreamSource, peer: SocketAddress | null) => void;

/** What a listener is made from. */
interface ListenerPlan {
  readonly loop: EventLoop;
  readonly listening: NodeListenOptions & { readonly fd?: number };
  readonly keepAlive: boolean;
  /** The address that was asked for. */
  readonly address: SocketAddress;
  /** The bound socket of ours, if there is one. */
  readonly given: Socket | null;
}

/**
 * A server of Node's.
 *
 * 1. Node binds and listens in one. One that shall not listen yet is closed again once it has shown that
 *    it can, and opened at `start`: meanwhile somebody else could take the port. With FFI it is a bound
 *    socket of ours, that Node gets at `start`.
 * 2. Connections come outside of the loop, and wait for a callback of the loop.
 */
export class ProactorListener implements Listener {
  readonly #plan: ListenerPlan;
  #view: SocketView | null = null;
  #server: NodeServer | null = null;
  #opening: Future<void> | null = null;
  #accepted: Accepted | null = null;
  readonly #arrived: NodeSocket[] = [];
  #acceptance: Handle | null = null;
  #accepting = false;
  #closed = false;

  private constructor(plan: ListenerPlan) {
    this.#plan = plan;
    this.#view = plan.given;
  }

  /** See {@link Backend.bind}. */
  static *bind(
    loop: EventLoop,
    info: AddressInfo,
    options: BindOptions,
  ): Coroutine<ProactorListener | null> {
    if (needsSocket(options)) {
      const socket = bindSocket(info, options);
      return socket === null ? null : ProactorListener.adopt(loop, socket, options);
    }
    const [family, , , , address] = info;
    const listener = new ProactorListener({
      loop,
      listening: {
        host: toNodeHost(address),
        port: address[1] as number,
        ipv6Only: family === AF_INET6,
        exclusive: true,
        ...backlogOf(options),
        ...(options.reusePort ? { reusePort: true } : {}),
      },
      keepAlive: options.keepAlive,
      address,
      given: null,
    });
    try {
      yield* listener.#open(options.startServing);
      return listener;
    } catch (error) {
      if (error instanceof OSError && isUnknownFamily(error)) return null;
      throw error;
    }
  }

  /** See {@link Backend.bindUnix}. */
  static *bindUnix(
    loop: EventLoop,
    path: string | Buffer,
    options: ListenOptions,
  ): Coroutine<ProactorListener> {
    const listener = new ProactorListener({
      loop,
      listening: { path: nodePath(path), exclusive: true, ...backlogOf(options) },
      keepAlive: false,
      address: path,
      given: null,
    });
    yield* listener.#open(options.startServing);
    return listener;
  }

  /** See {@link Backend.adoptListener}. */
  static adopt(loop: EventLoop, socket: Socket, options: ListenOptions): ProactorListener {
    const keepAlive = 'keepAlive' in options && options.keepAlive === true;
    return new ProactorListener({
      loop,
      listening: { fd: socket.fileno(), ...backlogOf(options) },
      keepAlive,
      address: socket.getsockname(),
      given: socket,
    });
  }

  get socket(): SocketView {
    return this.#view as SocketView;
  }

  *start(accepted: Accepted): Coroutine<void> {
    this.#accepted = accepted;
    this.#acceptance = createHandle(this.#plan.loop, () => this.#acceptAll(), []);
    if (this.#server === null) yield* this.#listen();
    if (this.#arrived.length > 0) this.#acceptSoon();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#acceptance?.cancel();
    for (const socket of this.#arrived.splice(0)) socket.destroy();
    this.#closeServer();
    const { given, loop } = this.#plan;
    given?.close();
    if (this.#opening !== null && !this.#opening.done() && !loop.isClosed()) {
      this.#opening.setException(new RuntimeError('The server is closed'));
    }
  }

  /** Binds, and listens if that is wanted already. */
  *#open(startServing: boolean): Coroutine<void> {
    yield* this.#listen();
    if (startServing) return;
    const server = this.#server as NodeServer;
    this.#view = new NodeSocketView({}, factsOf(server, this.#plan.address));
    this.#closeServer();
  }

  *#listen(): Coroutine<void> {
    const { loop, listening, address, given, keepAlive } = this.#plan;
    const options = { allowHalfOpen: true, pauseOnConnect: true, noDelay: true, keepAlive };
    const server = createServer(options, (socket) => this.#arrive(socket));
    this.#server = server;
    nodeHandles(loop).add(server, () => this.close());
    const opening = loop.createFuture<void>();
    this.#opening = opening;
    server.once('error', (error) => {
      if (!opening.done()) opening.setException(bindFailure(error, address));
    });
    server.once('listening', () => {
      if (!opening.done()) opening.setResult();
    });
    if (given !== null) giveToNode(given);
    // Where a port was chosen once it has to be that again.
    const port = this.#view === null ? {} : portOf(this.#view);
    server.listen({ ...listening, ...('host' in listening ? port : {}) });
    server.unref();
    try {
      yield* opening;
    } catch (error) {
      this.close();
      throw error;
    }
    server.on('error', (error) => this.#failed(error));
    if (given === null) this.#view = new NodeSocketView(server, factsOf(server, address));
  }

  #closeServer(): void {
    const server = this.#server;
    if (server === null) return;
    this.#server = null;
    nodeHandles(this.#plan.loop).remove(server);
    this.#plan.given?.detach();
    // Node removes the file at the path, whoever has put it there.
    const { path } = this.#plan.listening;
    if (path === undefined) server.close();
    else keepFile(path, () => server.close());
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
    if (this.#accepting) return;
    this.#accepting = true;
    enqueueHandle(this.#plan.loop, this.#acceptance as Handle);
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
    const { loop } = this.#plan;
    const isUnix = this.socket.family === AF_UNIX;
    const view = isUnix ? unixView(socket, this.socket.getsockname(), '') : tcpView(socket);
    const source = new ProactorStream(loop, socket, view);
    this.#accepted?.(source, source.peername);
  }

  /** A connection could not be accepted. */
  #failed(error: Error): void {
    const { loop } = this.#plan;
    if (loop.isClosed()) return;
    loop.callExceptionHandler({
      message: 'socket.accept() out of system resource',
      exception: fromNodeError(error, 'accept'),
    });
  }
}

/** What only a socket of our own can do. */
function needsSocket({ startServing, reuseAddress, reusePort }: BindOptions): boolean {
  if (!reuseAddress && process.platform !== 'win32') return true;
  if (reusePort && !hasReusePort()) return true;
  return !startServing && isSupported();
}

/** Node knows `reusePort` from 22.12 and 23.1 on. */
function hasReusePort(): boolean {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  return major > 23 || (major === 23 && minor >= 1) || (major === 22 && minor >= 12);
}

/** Node takes 0 for its default. The kernel's queue has room for one more than it is told anyway. */
function backlogOf({ backlog }: ListenOptions): { backlog: number } {
  return { backlog: Math.max(backlog, 1) };
}

function portOf(view: SocketView): { port?: number } {
  const name = view.getsockname();
  return Array.isArray(name) ? { port: name[1] } : {};
}

function factsOf(
  server: NodeServer,
  asked: SocketAddress,
): ConstructorParameters<typeof NodeSocketView>[1] {
  const bound = server.address();
  if (bound === null || typeof bound === 'string') {
    return {
      family: AF_UNIX,
      type: SOCK_STREAM,
      proto: 0,
      sockname: asked as PeerAddress,
      peername: null,
    };
  }
  const sockname = fromNodeAddress(bound.address, bound.port);
  const family = familyOfHost(bound.address);
  return { family, type: SOCK_STREAM, proto: IPPROTO_TCP, sockname, peername: null };
}

function bindFailure(error: NodeJS.ErrnoException, address: SocketAddress): Error {
  const properties = propertiesOfAddress(address);
  const failure = fromNodeError(error, 'bind', properties) as Error;
  // libuv says EACCES for a folder that is not there.
  if (error.code !== 'EACCES' || typeof address !== 'string' || existsSync(dirname(address))) {
    return failure;
  }
  return new OSError('ENOENT', { syscall: 'bind', ...properties, cause: error });
}
