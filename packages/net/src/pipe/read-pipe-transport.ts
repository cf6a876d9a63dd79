import { createHandle, type EventLoop } from '@loop/core';
import { OSError } from '@loop/posix';
import { EAGAIN, EINTR, EIO, tryRead } from '@loop/posix/internal';
import { type SelectorBackend, selectorBackend } from '../backend/selector-backend.ts';
import type { BaseProtocol, Protocol } from '../transport/protocol.ts';
import { readSlab } from '../transport/read-slab.ts';
import { type ExtraInfo, ReadTransport } from '../transport/transport.ts';
import type { PipeFile } from './pipe-file.ts';

/** What a read pipe calls. */
export type ReadPipeProtocol = Pick<
  Protocol,
  'connectionMade' | 'connectionLost' | 'dataReceived' | 'eofReceived'
>;

/**
 * The reading end of a pipe. At the end of the stream the protocol hears `eofReceived`, then
 * `connectionLost(null)`, each in a callback of its own: there is nothing to keep open.
 *
 * @see CPython `asyncio.unix_events._UnixReadPipeTransport`
 */
export class ReadPipeTransport extends ReadTransport {
  readonly #loop: EventLoop;
  readonly #backend: SelectorBackend;
  readonly #pipe: PipeFile;
  readonly #extra: Partial<ExtraInfo>;
  #protocol: ReadPipeProtocol | null;
  #started = false;
  #paused = false;
  #reading = false;
  #closing = false;

  constructor(loop: EventLoop, pipe: PipeFile, protocol: ReadPipeProtocol, ready: () => void) {
    super();
    this.#loop = loop;
    this.#backend = selectorBackend(loop);
    this.#pipe = pipe;
    this.#protocol = protocol;
    this.#extra = { pipe: pipe.object };
    this.#backend.claim(pipe.fd, this);
    loop.callSoon(() => this.#protocol?.connectionMade(this as never));
    loop.callSoon(() => {
      this.#started = true;
      this.#updateReading();
    });
    loop.callSoon(ready);
  }

  override getExtraInfo(name: string, fallback?: unknown): unknown {
    return name in this.#extra ? this.#extra[name as keyof ExtraInfo] : fallback;
  }

  override setProtocol(protocol: BaseProtocol<never>): void {
    this.#protocol = protocol as unknown as ReadPipeProtocol;
  }

  override getProtocol(): BaseProtocol<never> | null {
    return this.#protocol as unknown as BaseProtocol<never> | null;
  }

  override isClosing(): boolean {
    return this.#closing;
  }

  override close(): void {
    if (!this.#closing) this.#end(null);
  }

  override isReading(): boolean {
    return !this.#paused && !this.#closing;
  }

  override pauseReading(): void {
    if (this.#closing || this.#paused) return;
    this.#paused = true;
    this.#updateReading();
  }

  override resumeReading(): void {
    if (this.#closing || !this.#paused) return;
    this.#paused = false;
    this.#updateReading();
  }

  override toString(): string {
    return `<ReadPipeTransport ${this.#closing ? 'closing ' : ''}fd=${this.#pipe.fd}>`;
  }

  /** @internal */
  _drop(): void {
    this.#closing = true;
    this.#updateReading();
    this.#release();
  }

  #updateReading(): void {
    const reading = this.#started && !this.#paused && !this.#closing;
    if (reading === this.#reading) return;
    this.#reading = reading;
    const { poller } = this.#backend;
    const { fd } = this.#pipe;
    if (reading)
      poller.setReader(
        fd,
        fd,
        createHandle(this.#loop, () => this.#readable(), []),
      );
    else poller.removeReader(fd);
  }

  #readable(): void {
    const { memory } = readSlab;
    const count = tryRead(this.#pipe.fd, memory.bytes, readSlab.offset, readSlab.room);
    // What the protocol throws is a callback's error: the pipe is as good as before.
    if (count > 0) this.#protocol?.dataReceived(readSlab.take(count));
    else if (count === 0) this.#ended();
    else if (count !== -EAGAIN && count !== -EINTR) this.#failed(count);
  }

  #ended(): void {
    this.#closing = true;
    this.#updateReading();
    this.#loop.callSoon(() => {
      this.#protocol?.eofReceived();
    });
    this.#loop.callSoon(() => this.#lose(null));
  }

  #failed(result: number): void {
    const exception = new OSError(result, { syscall: 'read' });
    // EIO: the other side of a terminal is gone, which is how terminals end.
    if (result !== -EIO) {
      this.#loop.callExceptionHandler({
        message: 'Fatal read error on pipe transport',
        exception,
        transport: this,
        protocol: this.#protocol,
      });
    }
    this.#end(exception);
  }

  #end(error: Error | null): void {
    this.#closing = true;
    this.#updateReading();
    this.#loop.callSoon(() => this.#lose(error));
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
