import { Socket as DatagramSocket } from 'node:dgram';
import { OSError, type PeerAddress, Socket } from '@loop/posix';
import type { SocketView } from '../transport/transport-socket.ts';

/** What is known of a socket of Node's. */
export interface NodeSocketFacts {
  readonly family: number;
  readonly type: number;
  readonly proto: number;
  readonly sockname: PeerAddress;
  readonly peername: PeerAddress | null;
}

/**
 * A socket of Node's, as `getExtraInfo('socket')` shows it. What Node has no words for goes to the
 * descriptor, and takes FFI (`NotImplementedError` without).
 */
export class NodeSocketView implements SocketView {
  readonly family: number;
  readonly type: number;
  readonly proto: number;
  readonly #handle: object;
  readonly #sockname: PeerAddress;
  readonly #peername: PeerAddress | null;

  /** @param handle - Node's socket or server. */
  constructor(handle: object, facts: NodeSocketFacts) {
    this.family = facts.family;
    this.type = facts.type;
    this.proto = facts.proto;
    this.#handle = handle;
    this.#sockname = facts.sockname;
    this.#peername = facts.peername;
  }

  /** The descriptor where Node tells (not on Windows), -1 otherwise and once it is closed. */
  fileno(): number {
    return descriptorOf(this.#handle);
  }

  getsockname(): PeerAddress {
    return this.#sockname;
  }

  getpeername(): PeerAddress {
    if (this.#peername === null) throw new OSError('ENOTCONN', { syscall: 'getpeername' });
    return this.#peername;
  }

  getsockopt(level: number, option: number): number;
  getsockopt(level: number, option: number, length: number): Buffer;
  getsockopt(level: number, option: number, length?: number): number | Buffer {
    return this.#borrow('getsockopt', (socket) =>
      length === undefined
        ? socket.getsockopt(level, option)
        : socket.getsockopt(level, option, length),
    );
  }

  setsockopt(...args: Parameters<Socket['setsockopt']>): void {
    this.#borrow('setsockopt', (socket) => socket.setsockopt(...args));
  }

  shutdown(how: number): void {
    this.#borrow('shutdown', (socket) => socket.shutdown(how));
  }

  dup(): Socket {
    return this.#borrow('fcntl', (socket) => socket.dup());
  }

  /** Puts a socket of ours around the descriptor, for one call. */
  #borrow<T>(syscall: string, use: (socket: Socket) => T): T {
    const fd = this.fileno();
    if (fd < 0) throw new OSError('EBADF', { syscall });
    const socket = new Socket(this.family, this.type, this.proto, fd);
    try {
      return use(socket);
    } finally {
      socket.detach();
    }
  }
}

/**
 * The descriptor under an object of Node's. There is no documented way to ask; it is for show and for
 * socket options only, so being wrong about it costs no more than these.
 */
export function descriptorOf(handle: object): number {
  const inner = innerHandle(handle) as { fd?: unknown } | null | undefined;
  return typeof inner?.fd === 'number' ? inner.fd : -1;
}

function innerHandle(handle: object): unknown {
  if (!(handle instanceof DatagramSocket)) return (handle as { _handle?: unknown })._handle;
  for (const symbol of Object.getOwnPropertySymbols(handle)) {
    if (symbol.description !== 'state symbol') continue;
    return (handle as unknown as Record<symbol, { handle?: unknown }>)[symbol]?.handle;
  }
  return null;
}
