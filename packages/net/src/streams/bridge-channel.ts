import { type EventLoop, getRunningLoop, NotImplementedError } from '@loop/core';
import { OSError } from '@loop/posix';
import type { ChannelEvents, StreamChannel } from '../transport/stream-channel.ts';
import { StreamTransport } from '../transport/stream-transport.ts';
import { asBuffer } from './errors.ts';
import type { StreamOptions, StreamPair } from './open-connection.ts';
import { StreamReaderProtocol } from './stream-protocol.ts';
import { DEFAULT_LIMIT, StreamReader } from './stream-reader.ts';
import { StreamWriter } from './stream-writer.ts';

/** Where a stream of another library reads from. */
export interface Source {
  /** The next piece; `null` at the end. Not called again before it has settled. */
  pull(): Promise<Uint8Array | null>;
  /** Nothing more is wanted. */
  cancel(): void;
}

/** Where a stream of another library writes to. */
export interface Sink {
  /** Settles when there is room for more. Not called again before. */
  write(data: Buffer): Promise<unknown>;
  /** Everything has been written. */
  end(): Promise<unknown>;
  /** What has been written may be dropped. */
  abort(): void;
}

// What the end of the stream counts for among the bytes that are pending.
const END = 1;

/** A reader and a writer on the streams of another library. */
export function connectBridge(
  kind: string,
  source: Source | null,
  sink: Sink | null,
  { limit = DEFAULT_LIMIT }: StreamOptions,
): StreamPair {
  const loop = getRunningLoop();
  const reader = new StreamReader(limit, loop);
  const protocol = new StreamReaderProtocol(reader, null, loop);
  const transport = new BridgeTransport({
    loop,
    protocol,
    open: (events) => new BridgeChannel(loop, kind, source, sink, events),
  });
  return [reader, new StreamWriter(transport, protocol, reader, loop)];
}

/** Closing is not over before the other side has ended as well. */
class BridgeTransport extends StreamTransport {
  override close(): void {
    if (this.canWriteEof()) this.writeEof();
    super.close();
  }
}

/**
 * A stream of another library as the channel of a transport.
 *
 * 1. Their promises settle outside of the loop: each outcome is handed on in a callback of it.
 * 2. One piece is asked for at a time, and only while somebody reads; so at most one waits here.
 * 3. A write is copied, and pending until the other side has taken it. So is the end, as if it were one
 *    more byte.
 */
class BridgeChannel implements StreamChannel {
  readonly kind: string;
  readonly extra = {};
  readonly canEnd: boolean;
  readonly #loop: EventLoop;
  readonly #source: Source | null;
  readonly #sink: Sink | null;
  readonly #events: ChannelEvents;
  #reading = false;
  #pulling = false;
  // What has come: a piece, the end, or a failure. `undefined` while nothing has.
  #news: (() => void) | undefined;
  #ended = false;
  readonly #queue: Buffer[] = [];
  #pending = 0;
  #writing = false;
  #ending = false;
  #discarded = false;
  #closed = false;

  constructor(
    loop: EventLoop,
    kind: string,
    source: Source | null,
    sink: Sink | null,
    events: ChannelEvents,
  ) {
    this.#loop = loop;
    this.kind = kind;
    this.#source = source;
    this.#sink = sink;
    this.#events = events;
    this.canEnd = sink !== null;
    this.#ended = source === null;
  }

  get pending(): number {
    return this.#pending;
  }

  setReading(reading: boolean): void {
    if (reading === this.#reading || this.#closed) return;
    this.#reading = reading;
    if (!reading) return;
    if (this.#news === undefined) this.#pull();
    else this.#soon(() => this.#deliver());
  }

  write(data: Uint8Array): void {
    if (this.#sink === null) {
      throw new NotImplementedError(`This ${this.kind} cannot be written to`);
    }
    this.#queue.push(Buffer.from(data));
    this.#pending += data.length;
    this.#writeNext();
  }

  writev(pieces: readonly Uint8Array[]): void {
    this.write(Buffer.concat(pieces));
  }

  end(): void {
    this.#ending = true;
    this.#pending += END;
    if (this.#pending === END) this.#end();
  }

  discard(): void {
    this.#queue.length = 0;
    this.#pending = 0;
    this.#discarded = true;
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#reading = false;
    if (!this.#ended) this.#source?.cancel();
    if (this.#discarded) this.#sink?.abort();
  }

  #pull(): void {
    if (this.#pulling || this.#ended || this.#source === null) return;
    this.#pulling = true;
    this.#source.pull().then(
      (data) => this.#arrived(() => this.#hand(data)),
      (error: unknown) => this.#arrived(() => this.#fail(error, 'read')),
    );
  }

  #arrived(news: () => void): void {
    this.#pulling = false;
    if (this.#closed) return;
    this.#news = news;
    if (this.#reading) this.#soon(() => this.#deliver());
  }

  #deliver(): void {
    const news = this.#news;
    if (!this.#reading || news === undefined) return;
    this.#news = undefined;
    news();
    if (this.#reading) this.#pull();
  }

  #hand(data: Uint8Array | null): void {
    if (data === null) {
      this.#ended = true;
      this.#events.ended();
      return;
    }
    if (!(data instanceof Uint8Array)) {
      this.#fail(new TypeError(`Expected bytes from the ${this.kind}, got ${typeof data}`), 'read');
      return;
    }
    for (let rest = asBuffer(data); rest.length > 0 && !this.#closed;) {
      const target = this.#events.target(rest.length);
      if (target === null) {
        this.#events.received(rest);
        return;
      }
      const count = rest.copy(target);
      rest = rest.subarray(count);
      this.#events.filled(count);
    }
  }

  #writeNext(): void {
    if (this.#writing || this.#sink === null) return;
    const data = this.#queue.shift();
    if (data === undefined) return;
    this.#writing = true;
    this.#sink.write(data).then(
      () => this.#soon(() => this.#wrote(data.length)),
      (error: unknown) => this.#soon(() => this.#fail(error, 'write')),
    );
  }

  #wrote(count: number): void {
    this.#writing = false;
    if (this.#discarded || this.#closed) return;
    this.#pending -= count;
    this.#writeNext();
    if (this.#pending === END && this.#ending) this.#end();
    this.#events.wrote();
  }

  #end(): void {
    this.#sink?.end().then(
      () => this.#soon(() => this.#wrote(END)),
      (error: unknown) => this.#soon(() => this.#fail(error, 'write')),
    );
  }

  #fail(error: unknown, what: 'read' | 'write'): void {
    if (this.#closed) return;
    this.#ended = true;
    const cause = error instanceof Error ? error : new Error(String(error), { cause: error });
    // As a connection that breaks: for the protocol to know, and nothing to report.
    const broken =
      error instanceof OSError
        ? error
        : new OSError(codeOf(error), { message: cause.message, cause });
    this.#events.failed(broken, `Fatal ${what} error on ${this.kind}`);
  }

  #soon(callback: () => void): void {
    if (!this.#loop.isClosed()) void this.#loop.callSoon(callback);
  }
}

function codeOf(error: unknown): string {
  const code = (error as { readonly code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : 'EIO';
}
