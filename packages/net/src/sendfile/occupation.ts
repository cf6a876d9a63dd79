import { type Coroutine, createHandle, type EventLoop, type Future } from '@loop/core';
import { OSError } from '@loop/posix';
import { selectorBackend } from '../backend/selector-backend.ts';
import type { Occupant, StreamTransport } from '../transport/stream-transport.ts';
import type { TransportSocket } from '../transport/transport-socket.ts';

/**
 * The time in which a transport's writing side belongs to `sendfile`: others cannot write, reading is
 * paused, and the end of the connection ends every wait.
 */
export class Occupation implements Occupant {
  readonly activity = 'sendfile is in progress';
  readonly #loop: EventLoop;
  readonly #transport: StreamTransport;
  readonly #wasReading: boolean;
  #watched = -1;
  #waiting: Future<void> | null = null;
  #lost: Error | null = null;

  /** @throws {RuntimeError} Somebody else has it. */
  constructor(loop: EventLoop, transport: StreamTransport) {
    this.#loop = loop;
    this.#transport = transport;
    transport._occupy(this);
    this.#wasReading = transport.isReading();
    transport.pauseReading();
  }

  end(): void {
    this.#unwatch();
    this.#transport._vacate();
    if (this.#wasReading) this.#transport.resumeReading();
  }

  /** Waits until at most `limit` bytes are left of what was written before. */
  *untilPending(limit: number): Coroutine<void> {
    this.#check();
    while (this.#transport.getWriteBufferSize() > limit) yield* this.#wait();
  }

  /** Waits until the descriptor of `socket` can take more. */
  *untilWritable(socket: TransportSocket): Coroutine<void> {
    if (this.#watched < 0) {
      this.#watched = socket.fileno();
      // It stays in place between two waits: the next one is near.
      const handle = createHandle(this.#loop, () => this.#wake(), []);
      selectorBackend(this.#loop).poller.setWriter(socket, this.#watched, handle);
    }
    yield* this.#wait();
  }

  write(data: Uint8Array): void {
    this.#check();
    this.#transport._writeInside(data);
    this.#check();
  }

  /** @internal */
  wrote(): void {
    this.#wake();
  }

  /** @internal */
  closing(error: Error | null): void {
    this.#unwatch();
    this.#lost ??=
      error ?? new OSError('ECONNABORTED', { message: 'Connection is closed by peer' });
    const waiting = this.#waiting;
    this.#waiting = null;
    if (waiting !== null && !waiting.done()) waiting.setException(this.#lost);
  }

  *#wait(): Coroutine<void> {
    this.#check();
    const waiting = this.#loop.createFuture<void>();
    this.#waiting = waiting;
    try {
      yield* waiting;
    } finally {
      this.#waiting = null;
    }
  }

  #check(): void {
    if (this.#lost !== null) throw this.#lost;
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = null;
    if (waiting !== null && !waiting.done()) waiting.setResult();
  }

  #unwatch(): void {
    const fd = this.#watched;
    this.#watched = -1;
    if (fd >= 0 && !this.#loop.isClosed()) selectorBackend(this.#loop).poller.removeWriter(fd);
  }
}
