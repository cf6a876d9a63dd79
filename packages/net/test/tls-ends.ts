import type { EventLoop, Future } from '@loop/core';
import type {
  TlsChannel,
  TlsChannelEvents,
  TlsChannelOptions,
  TlsEngine,
  TlsSettings,
} from '../src/tls/tls-engine.ts';
import type { ChannelEvents, StreamChannel } from '../src/transport/stream-channel.ts';

/** Settings that a test changes; without a certificate a server has none. */
export const plainSettings: TlsSettings = {
  role: 'client',
  verifyMode: 0,
  minimumVersion: 0x0303,
  maximumVersion: 0x0304,
  identities: [],
  authorities: [],
  defaultAuthorities: false,
  revoked: [],
  ciphers: null,
  ciphersuites: null,
  groups: null,
  alpn: [],
  ticketCount: 2,
  keylog: null,
};

/** What happens to one end of a TLS channel. */
export class TlsEnd implements TlsChannelEvents {
  readonly trace: string[] = [];
  readonly channel: TlsChannel;
  readonly opening: Future<void>;
  readonly closing: Future<void>;
  /** Memory for `target`, in turns. */
  buffer: Uint8Array | null = null;
  data = Buffer.alloc(0);
  error: unknown = null;
  onData: () => void = () => {};
  onEnd: () => void = () => {};

  constructor(
    loop: EventLoop,
    engine: TlsEngine,
    settings: TlsSettings,
    inner: (events: ChannelEvents) => StreamChannel,
    more: Partial<TlsChannelOptions> = {},
  ) {
    this.opening = loop.createFuture();
    this.closing = loop.createFuture();
    // Not every test waits for every failure.
    for (const future of [this.opening, this.closing]) {
      future.addDoneCallback(() => future.cancelled() || future.exception());
    }
    this.channel = engine.openChannel(contextOf(engine, settings), {
      loop,
      inner,
      events: this,
      settings,
      serverName: null,
      verifyName: null,
      selectContext: null,
      session: null,
      received: null,
      ...more,
    });
  }

  opened(): void {
    this.trace.push('opened');
    this.opening.setResult();
  }

  target(): Uint8Array | null {
    return this.buffer;
  }

  received(data: Buffer): void {
    this.data = Buffer.concat([this.data, data]);
    this.trace.push(`data ${data.length}`);
    this.onData();
  }

  filled(count: number): void {
    this.received(Buffer.from((this.buffer as Uint8Array).subarray(0, count)));
  }

  ended(): void {
    this.trace.push('ended');
    this.onEnd();
  }

  failed(error: unknown): void {
    this.trace.push('failed');
    this.error = error;
    this.channel.close();
    if (!this.opening.done()) this.opening.setException(error as Error);
    if (!this.closing.done()) this.closing.setException(error as Error);
  }

  wrote(): void {}

  finished(): void {
    this.trace.push('finished');
    this.closing.setResult();
  }
}

const contexts = new WeakMap<TlsSettings, unknown>();

/** The same context for the same settings: tickets can only be used with the one that gave them. */
function contextOf(engine: TlsEngine, settings: TlsSettings): unknown {
  const context = contexts.get(settings) ?? engine.createContext(settings);
  contexts.set(settings, context);
  return context;
}
