import { existsSync } from 'node:fs';
import { createServer, type Server as NodeServer, type Socket as NodeSocket } from 'node:net';
import { dirname } from 'node:path';
import { type Coroutine, type EventLoop, type Future, RuntimeError } from '@loop/core';
import {
  AF_UNIX,
  IPPROTO_TCP,
  OSError,
  type PeerAddress,
  SOCK_STREAM,
  type SocketAddress,
} from '@loop/posix';
import { propertiesOfAddress } from '@loop/posix/internal';
import { fromNodeError } from '../backend/node-error.ts';
import { nodeHandles } from '../backend/node-handles.ts';
import { familyOfHost, fromNodeAddress } from '../socket/node-address.ts';
import { descriptorForNode } from '../socket/node-descriptor.ts';
import { type NodeSocketFacts, NodeSocketView } from '../socket/node-socket-view.ts';
import { keepFile } from '../socket/socket-file.ts';
import type { SocketView } from '../transport/transport-socket.ts';
import type { ListenPlan } from './listen-plan.ts';

/** What a listening server tells. */
interface ServerEvents {
  connected(socket: NodeSocket): void;
  failed(error: Error): void;
}

/** A server of Node's, from the moment it listens to its end. */
export class ListeningServer {
  readonly #loop: EventLoop;
  readonly #plan: ListenPlan;
  readonly #server: NodeServer;
  #opening: Future<void> | null = null;
  #closed = false;

  constructor(loop: EventLoop, plan: ListenPlan, events: ServerEvents) {
    this.#loop = loop;
    this.#plan = plan;
    const { keepAlive } = plan;
    this.#server = createServer(
      { allowHalfOpen: true, pauseOnConnect: true, noDelay: true, keepAlive },
      (socket) => events.connected(socket),
    );
    this.#server.on('error', (error) => {
      if (this.#opening === null) events.failed(error);
      else if (!this.#opening.done()) this.#opening.setException(bindFailure(error, plan.address));
    });
  }

  /** Binds and listens; closed if that fails. */
  *open(port?: number): Coroutine<void> {
    const server = this.#server;
    const { options, given, bound } = this.#plan;
    nodeHandles(this.#loop).add(server, () => this.close());
    const opening = this.#loop.createFuture<void>();
    this.#opening = opening;
    server.once('listening', () => {
      bound?.();
      if (!opening.done()) opening.setResult();
    });
    if (given !== null) server.listen({ ...options, fd: descriptorForNode(given) });
    else server.listen(port === undefined ? options : { ...options, port });
    server.unref();
    try {
      yield* opening;
    } catch (error) {
      // What Node has bound, if it has, nobody else has had the time to take.
      this.#close((close) => close());
      throw error;
    } finally {
      this.#opening = null;
    }
  }

  /** What it listens on. */
  get view(): SocketView {
    return this.#plan.given ?? new NodeSocketView(this.#server, this.#facts());
  }

  /** Closes it at once. A file at its path stays: Node would remove it, whoever has put it there. */
  close(): void {
    this.#close((close) => {
      const { path } = this.#plan.options;
      if (path === undefined) close();
      else keepFile(path, close);
    });
  }

  #close(around: (close: () => void) => void): void {
    if (this.#closed) return;
    this.#closed = true;
    nodeHandles(this.#loop).remove(this.#server);
    around(() => this.#server.close());
    this.#plan.given?.close();
    if (this.#opening !== null && !this.#opening.done() && !this.#loop.isClosed()) {
      this.#opening.setException(new RuntimeError('The server was closed before it listened'));
    }
  }

  #facts(): NodeSocketFacts {
    const bound = this.#server.address();
    if (bound === null || typeof bound === 'string') {
      const sockname = this.#plan.address as PeerAddress;
      return { family: AF_UNIX, type: SOCK_STREAM, proto: 0, sockname, peername: null };
    }
    return {
      family: familyOfHost(bound.address),
      type: SOCK_STREAM,
      proto: IPPROTO_TCP,
      sockname: fromNodeAddress(bound.address, bound.port),
      peername: null,
    };
  }
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
