import { createHandle, type EventLoop } from '@loop/core';
import { OSError } from '@loop/posix';
import { EAGAIN, EINTR, EPIPE, tryWrite, tryWritev } from '@loop/posix/internal';
import { type SelectorBackend, selectorBackend } from '../backend/selector-backend.ts';
import { FlowControl } from '../transport/flow-control.ts';
import { notBytes } from '../transport/stream-traits.ts';
import type { BaseProtocol } from '../transport/protocol.ts';
import { type ExtraInfo, WriteTransport } from '../transport/transport.ts';
import { WriteQueue } from '../transport/write-queue.ts';
import type { PipeFile } from './pipe-file.ts';

/** What a write pipe calls. */
export type WritePipeProtocol = Pick<BaseProtocol, 'connectionMade' | 'connectionLost'> &
  Partial<Pick<BaseProtocol, 'pauseWriting' | 'resumeWriting'>>;

// Writes to a closed pipe are dropped; from this one on each is worth a warning.
const LOST_WRITES = 5;

/**
 * The writing end of a pipe. That the reader has gone is noticed without writing: a pipe whose reader
 * is closed reports an error, and a socket is readable.
 *
 * @see CPython `asyncio.unix_events._UnixWritePipeTransport`
 */
export class WritePipeTransport extends WriteTransport {
  readonly #loop: EventLoop;
  readonly #backend: SelectorBackend;
  readonly #pipe: PipeFile;
  readonly #extra: Partial<ExtraInfo>;
  readonly #flow: FlowControl;
  readonly #queue = new WriteQueue();
  #protocol: WritePipeProtocol | null;
  #writing = false;
  #watching = false;
  #closing = false;
  #lostScheduled = false;
  #lostWrites = 0;

  constructor(loop: EventLoop, pipe: PipeFile, protocol: WritePipeProtocol, ready: () => void) {
    super();
    this.#loop = loop;
    this.#backend = selectorBackend(loop);
    this.#pipe = pipe;
    this.#protocol = protocol;
    this.#extra = { pipe: pipe.object };
    this.#flow = new FlowControl(loop, this);
    this.#backend.claim(pipe.fd, this);
    loop.callSoon(() => this.#protocol?.connectionMade(this));
    // A terminal is readable when somebody types: that says nothing of its reader.
    if (pipe.kind !== 'character') loop.callSoon(() => this.#watchReader());
    loop.callSoon(ready);
  }

  override getExtraInfo(name: string, fallback?: unknown): unknown {
    return name in this.#extra ? this.#extra[name as keyof ExtraInfo] : fallback;
  }

  override setProtocol(protocol: BaseProtocol<never>): void {
    this.#protocol = protocol;
  }

  override getProtocol(): BaseProtocol<never> | null {
    return this.#protocol as BaseProtocol<never> | null;
  }

  override isClosing(): boolean {
    return this.#closing;
  }

  override close(): void {
    this.writeEof();
  }

  override writeEof(): void {
    if (this.#closing) return;
    this.#closing = true;
    if (this.#queue.size === 0) this.#end(null);
  }

  override canWriteEof(): boolean {
    return true;
  }

  override abort(): void {
    this.#end(null);
  }

  override write(data: Uint8Array): void {
    if (!(data instanceof Uint8Array)) throw notBytes(data);
    if (!this.#writable() || data.length === 0) return;
    let sent = 0;
    if (this.#queue.size === 0) {
      sent = tryWrite(this.#pipe.fd, data, 0, data.length);
      if (sent === data.length) return;
      if (this.#refused(sent)) return;
    }
    this.#queue.push(data, Math.max(sent, 0));
    this.#awaitWritable();
  }

  override writelines(pieces: Iterable<Uint8Array>): void {
    for (const piece of pieces) this.write(piece);
  }

  override getWriteBufferSize(): number {
    return this.#queue.size;
  }

  override getWriteBufferLimits(): [low: number, high: number] {
    return this.#flow.limits;
  }

  override setWriteBufferLimits(high?: number | null, low?: number | null): void {
    this.#flow.setLimits(high, low);
    if (this.#protocol !== null) this.#flow.grown(this.#queue.size, this.#protocol);
  }

  override toString(): string {
    return `<WritePipeTransport ${this.#closing ? 'closing ' : ''}fd=${this.#pipe.fd} buffered=${this.#queue.size}>`;
  }

  /** @internal */
  _drop(): void {
    this.#lostScheduled = true;
    this.#closing = true;
    this.#stopWatching();
    this.#release();
  }

  #writable(): boolean {
    if (!this.#closing && !this.#lostScheduled) return true;
    this.#lostWrites += 1;
    if (this.#lostWrites >= LOST_WRITES) {
      console.warn('pipe closed by peer or os.write(pipe, data) raised exception.');
    }
    return false;
  }

  /** Whether `result` is an error that ends the pipe. */
  #refused(result: number): boolean {
    if (result >= 0 || result === -EAGAIN || result === -EINTR) return false;
    this.#lostWrites += 1;
    this.#end(new OSError(result, { syscall: 'write' }));
    return true;
  }

  #awaitWritable(): void {
    if (!this.#writing) {
      this.#writing = true;
      const { fd } = this.#pipe;
      const handle = createHandle(this.#loop, () => this.#flush(), []);
      this.#backend.poller.setWriter(fd, fd, handle);
    }
    if (this.#protocol !== null) this.#flow.grown(this.#queue.size, this.#protocol);
  }

  #flush(): void {
    const queue = this.#queue;
    const sent = tryWritev(this.#pipe.fd, queue.pieces, queue.offset);
    if (sent < 0) {
      this.#refused(sent);
      return;
    }
    queue.drop(sent);
    if (queue.size === 0) this.#stopWriting();
    if (this.#protocol !== null) this.#flow.drained(queue.size, this.#protocol);
    if (queue.size === 0 && this.#closing) this.#end(null);
  }

  #stopWriting(): void {
    if (!this.#writing) return;
    this.#writing = false;
    this.#backend.poller.removeWriter(this.#pipe.fd);
  }

  #watchReader(): void {
    if (this.#lostScheduled) return;
    this.#watching = true;
    const { fd } = this.#pipe;
    const handle = createHandle(this.#loop, () => this.#readerGone(), []);
    this.#backend.poller.setReader(fd, fd, handle);
  }

  #readerGone(): void {
    this.#end(this.#queue.size > 0 ? new OSError(EPIPE, { syscall: 'write' }) : null);
  }

  #end(error: Error | null): void {
    if (this.#lostScheduled) return;
    this.#lostScheduled = true;
    this.#closing = true;
    this.#stopWatching();
    this.#loop.callSoon(() => this.#lose(error));
  }

  #stopWatching(): void {
    this.#stopWriting();
    if (this.#watching) this.#backend.poller.removeReader(this.#pipe.fd);
    this.#watching = false;
    this.#queue.clear();
  }

  #lose(error: Error | null): void {
    try {
      this.#protocol?.connectionLost(error);
    } finally {
      this.#release();
    }
  }

  #release(): void {
    this.#protocol = null;
    this.#backend.release(this.#pipe.fd);
    this.#pipe.close();
  }
}
