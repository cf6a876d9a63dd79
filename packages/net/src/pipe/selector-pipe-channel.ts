import { createHandle, type EventLoop } from '@loop/core';
import { OSError } from '@loop/posix';
import { EAGAIN, EINTR, tryRead, tryWrite, tryWritev } from '@loop/posix/internal';
import type { DescriptorOwner } from '../backend/descriptor-owners.ts';
import { type SelectorBackend, selectorBackend } from '../backend/selector-backend.ts';
import { readSlab } from '../transport/read-slab.ts';
import type { ChannelEvents, StreamChannel } from '../transport/stream-channel.ts';
import type { ExtraInfo } from '../transport/transport.ts';
import { WriteQueue } from '../transport/write-queue.ts';
import type { PipeFile } from './pipe-file.ts';
import type { LateWriter } from './late-writes.ts';
import { PipeGrowth } from './pipe-growth.ts';
import { WriteBurst } from './write-burst.ts';

/**
 * One end of a pipe on the selector backend.
 *
 * 1. Reading from the writing end is watching the reader: a pipe whose reader is closed reports an error,
 *    and a socket is readable.
 * 2. What is written several times in one iteration is written together ({@link WriteBurst}). For everybody
 *    else the bytes have been written: whoever wants to see what has become of them calls `flush` before.
 */
export class SelectorPipeChannel implements StreamChannel, LateWriter {
  readonly extra: Partial<ExtraInfo>;
  readonly kind = 'pipe';
  readonly canEnd = true;
  readonly #loop: EventLoop;
  readonly #backend: SelectorBackend;
  readonly #pipe: PipeFile;
  readonly #events: ChannelEvents;
  readonly #onReadable: () => void;
  readonly #queue = new WriteQueue();
  readonly #burst: WriteBurst;
  readonly #growth: PipeGrowth;
  #reading = false;
  #writing = false;
  #closed = false;

  /** Takes `pipe` over. */
  constructor(
    loop: EventLoop,
    pipe: PipeFile,
    end: 'read' | 'write',
    events: ChannelEvents,
    owner: DescriptorOwner,
  ) {
    this.#loop = loop;
    this.#backend = selectorBackend(loop);
    this.#pipe = pipe;
    this.#events = events;
    this.#growth = new PipeGrowth(pipe);
    this.#burst = new WriteBurst(this.#backend.poller.late, this);
    this.extra = { pipe: pipe.object };
    this.#onReadable = end === 'read' ? () => this.#readable() : () => events.ended();
    this.#backend.claim(pipe.fd, owner);
  }

  get pending(): number {
    this.flush();
    return this.#queue.size;
  }

  get batched(): boolean {
    return this.#burst.size > 0;
  }

  setReading(reading: boolean): void {
    if (reading === this.#reading || this.#closed) return;
    this.#reading = reading;
    const { poller } = this.#backend;
    const { fd } = this.#pipe;
    if (reading) poller.setReader(fd, fd, createHandle(this.#loop, this.#onReadable, []));
    else poller.removeReader(fd);
  }

  write(data: Uint8Array): void {
    if (this.#queue.size === 0 && this.#burst.wants(data)) {
      if (this.#burst.add(data)) return;
      this.flush();
      if (this.#queue.size === 0 && this.#burst.add(data)) return;
    }
    this.flush();
    this.#writeNow(data);
  }

  writev(pieces: readonly Uint8Array[]): void {
    this.flush();
    let skip = 0;
    if (this.#queue.size === 0) {
      const sent = tryWritev(this.#pipe.fd, pieces);
      if (this.#refused(sent)) return;
      skip = Math.max(sent, 0);
    }
    for (const piece of pieces) {
      if (skip < piece.length) this.#queue.push(piece, skip);
      skip = Math.max(0, skip - piece.length);
    }
    if (this.#queue.size > 0) this.#awaitWritable();
  }

  flush(): void {
    const burst = this.#burst;
    if (burst.size === 0) return;
    this.#writeNow(burst.take());
    burst.release();
    if (this.#queue.size > 0) this.#events.delayed?.();
  }

  /** A pipe ends by being closed. */
  end(): void {}

  discard(): void {
    this.flush();
    this.#queue.clear();
    this.#stopWriting();
  }

  close(): void {
    if (this.#closed) return;
    this.setReading(false);
    this.discard();
    this.#closed = true;
    this.#backend.release(this.#pipe.fd);
    this.#pipe.close();
  }

  #readable(): void {
    const { fd } = this.#pipe;
    const target = this.#events.target();
    if (target === null) {
      const { memory } = readSlab;
      const count = tryRead(fd, memory.bytes, readSlab.offset, readSlab.room);
      if (this.#hasRead(count)) this.#events.received(readSlab.take(count));
    } else {
      const count = tryRead(fd, target, 0, target.length);
      if (this.#hasRead(count)) this.#events.filled(count);
    }
  }

  /** Whether there is data; what else a read can tell is told. */
  #hasRead(count: number): boolean {
    if (count > 0) {
      this.#growth.hasRead(count);
      return true;
    }
    if (count === 0) this.#events.ended();
    else if (count !== -EAGAIN && count !== -EINTR) {
      const error = new OSError(count, { syscall: 'read' });
      this.#events.failed(error, 'Fatal read error on pipe transport');
    }
    return false;
  }

  #writeNow(data: Uint8Array): void {
    if (this.#queue.size === 0) {
      const sent = tryWrite(this.#pipe.fd, data, 0, data.length);
      this.#growth.hasWritten(data.length, sent);
      if (sent === data.length || this.#refused(sent)) return;
      this.#queue.push(data, Math.max(sent, 0));
    } else this.#queue.push(data);
    this.#awaitWritable();
  }

  /** Whether `result` is an error that ends the pipe. */
  #refused(result: number): boolean {
    if (result >= 0 || result === -EAGAIN || result === -EINTR) return false;
    const error = new OSError(result, { syscall: 'write' });
    this.#events.failed(error, 'Fatal write error on pipe transport');
    return true;
  }

  #awaitWritable(): void {
    if (this.#writing) return;
    this.#writing = true;
    const { fd } = this.#pipe;
    const handle = createHandle(this.#loop, () => this.#flush(), []);
    this.#backend.poller.setWriter(fd, fd, handle);
  }

  #flush(): void {
    const queue = this.#queue;
    const sent = tryWritev(this.#pipe.fd, queue.pieces, queue.offset);
    if (sent < 0) {
      this.#refused(sent);
      return;
    }
    // That what had to wait now finds room is no sign that there is enough.
    if (sent < queue.size) this.#growth.hasWritten(queue.size, sent);
    queue.drop(sent);
    if (queue.size === 0) this.#stopWriting();
    this.#events.wrote();
  }

  #stopWriting(): void {
    if (!this.#writing) return;
    this.#writing = false;
    this.#backend.poller.removeWriter(this.#pipe.fd);
  }
}
