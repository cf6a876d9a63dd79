import type { EventLoop } from '@loop/core';
import { OSError } from '@loop/posix';
import { checkMethods } from '../check-options.ts';
import type { PipeSource } from '../backend/backend.ts';
import {
  type BaseProtocol,
  type BufferedProtocol,
  checkBuffer,
  isBuffered,
  type Protocol,
} from '../transport/protocol.ts';
import type { ChannelEvents, StreamChannel } from '../transport/stream-channel.ts';
import { type ExtraInfo, ReadTransport } from '../transport/transport.ts';

/** What a read pipe calls; one that is buffered gives the memory to read into. */
export type ReadPipeProtocol =
  | Pick<Protocol, 'connectionMade' | 'connectionLost' | 'dataReceived' | 'eofReceived'>
  | BufferedProtocol;

/**
 * The reading end of a pipe. At the end of the stream the protocol hears `eofReceived`, then
 * `connectionLost(null)`, each in a callback of its own: there is nothing to keep open.
 *
 * @see CPython `asyncio.unix_events._UnixReadPipeTransport`
 */
export class ReadPipeTransport extends ReadTransport implements ChannelEvents {
  readonly #loop: EventLoop;
  readonly #channel: StreamChannel;
  #protocol: ReadPipeProtocol | null;
  #started = false;
  #paused = false;
  #closing = false;

  constructor(loop: EventLoop, pipe: PipeSource, protocol: ReadPipeProtocol, ready: () => void) {
    super();
    this.#loop = loop;
    this.#protocol = protocol;
    this.#channel = pipe.open(this, this);
    loop.callSoon(() => this.#protocol?.connectionMade(this as never));
    loop.callSoon(() => {
      this.#started = true;
      this.#updateReading();
    });
    loop.callSoon(ready);
  }

  override getExtraInfo(name: string, fallback?: unknown): unknown {
    const { extra } = this.#channel;
    return name in extra ? extra[name as keyof ExtraInfo] : fallback;
  }

  override setProtocol(protocol: BaseProtocol<never>): void {
    checkMethods(protocol, 'protocol', 'a protocol', 'connectionLost');
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
    return `<${this.constructor.name} ${this.#closing ? 'closing' : 'open'}>`;
  }

  /** @internal */
  _drop(): void {
    this.#closing = true;
    this.#release();
  }

  // What the channel tells

  // What the protocol throws there is a callback's error: the pipe is as good as before.

  /** @internal */
  target(): Uint8Array | null {
    return isBuffered(this.#protocol) ? checkBuffer(this.#protocol.getBuffer(-1)) : null;
  }

  /** @internal */
  received(data: Buffer): void {
    (this.#protocol as Protocol | null)?.dataReceived(data);
  }

  /** @internal */
  filled(count: number): void {
    (this.#protocol as BufferedProtocol | null)?.bufferUpdated(count);
  }

  /** @internal */
  wrote(): void {}

  /** @internal */
  ended(): void {
    if (this.#closing) return;
    this.#closing = true;
    this.#updateReading();
    this.#loop.callSoon(() => {
      this.#protocol?.eofReceived();
    });
    this.#loop.callSoon(() => this.#lose(null));
  }

  /** @internal */
  failed(exception: Error): void {
    if (this.#closing) return;
    // EIO: the other side of a terminal is gone, which is how terminals end.
    if (!(exception instanceof OSError) || exception.code !== 'EIO') {
      this.#loop.callExceptionHandler({
        message: 'Fatal read error on pipe transport',
        exception,
        transport: this,
        protocol: this.#protocol,
      });
    }
    this.#end(exception);
  }

  #updateReading(): void {
    this.#channel.setReading(this.#started && !this.#paused && !this.#closing);
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
    this.#channel.close();
  }
}
