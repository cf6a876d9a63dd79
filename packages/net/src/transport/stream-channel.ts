import type { ExtraInfo } from './transport.ts';

/**
 * A stream of bytes as one backend moves it. The state machine above decides what happens; a channel
 * only moves bytes and says how that went.
 *
 * An implementation calls its {@link ChannelEvents} from callbacks of the loop, except `failed`, which
 * may also come from inside `write`, and calls nothing after `close`. Any event may close the channel.
 */
export interface StreamChannel {
  readonly extra: Partial<ExtraInfo>;
  /** What it is, in messages: `socket`, `pipe`. */
  readonly kind: string;
  readonly canEnd: boolean;
  /** Starts or stops to deliver; nothing that arrives meanwhile is lost. */
  setReading(reading: boolean): void;
  /** Sends, or keeps a copy of what cannot be sent now. */
  write(data: Uint8Array): void;
  /** The same for several pieces, in one call where possible. */
  writev(pieces: readonly Uint8Array[]): void;
  /** Bytes that are kept. To ask sends what is batched. */
  readonly pending: number;
  /**
   * Whether the last bytes are to be sent together with those of other channels, after the present
   * callbacks; what the kernel does not take then makes {@link ChannelEvents.delayed}.
   */
  readonly batched?: boolean;
  /** Closes the writing side, once nothing is pending. */
  end(): void;
  /** Forgets what is pending. */
  discard(): void;
  /** Frees the descriptor. */
  close(): void;
}

/** What a channel tells the state machine. */
export interface ChannelEvents {
  /**
   * Where the next bytes go; `null`: the channel chooses, and hands them over by `received`.
   *
   * @param sizeHint - How many there are, if that is known.
   */
  target(sizeHint?: number): Uint8Array | null;
  /** Bytes of the channel's own, which it will not touch again. */
  received(data: Buffer): void;
  /** So many bytes were put into what `target` gave. */
  filled(count: number): void;
  /** The peer has closed its writing side. */
  ended(): void;
  failed(error: unknown, message: string): void;
  /** `pending` has become smaller. */
  wrote(): void;
  /** `pending` has become larger, after `write` has returned. */
  delayed?(): void;
}

/**
 * A stream whose ends have to come to terms before data flows, and say goodbye in the end: TLS.
 *
 * `start` is called once, and ends with `opened` or `failed`; no other event comes before. `finish` comes
 * when nothing is pending any more, after `opened` only; it ends with `finished`, in a callback of its
 * own, when all is said and sent. What arrives meanwhile is dropped. `close` says nothing to the peer.
 *
 * `unwrap` is called instead of `finish`, and leaves what is below open: it is the caller's after `finished`.
 */
export interface NegotiatedChannel extends StreamChannel {
  start(): void;
  finish(): void;
  unwrap(): void;
}

/** What such a channel tells besides. */
export interface NegotiationEvents extends ChannelEvents {
  opened(): void;
  finished(): void;
}

export function isNegotiated(channel: StreamChannel): channel is NegotiatedChannel {
  return 'start' in channel;
}
