import type { OSError, SocketAddress } from '@loop/posix';
import type { ExtraInfo } from '../transport/transport.ts';

/**
 * Datagrams as one backend moves them. The state machine above decides what happens; a channel only
 * moves datagrams and says how that went.
 *
 * An implementation calls its {@link DatagramEvents} from callbacks of the loop, except that `refused`,
 * `failed` and `delayed` may also come from inside `send`. It calls nothing after `close`.
 */
export interface DatagramChannel {
  readonly extra: Partial<ExtraInfo>;
  /** Starts to deliver what comes; called once. */
  start(): void;
  /** Delivers no more; what has come already is dropped. */
  stop(): void;
  /** Sends, or keeps a copy of what cannot be sent now. `null` where the socket knows its peer. */
  send(data: Uint8Array, target: SocketAddress | null): void;
  /** Sends what is held back for the sake of speed alone. */
  flush(): void;
  /** Bytes that are kept, and 8 more for each datagram. */
  readonly pending: number;
  /** Forgets what is pending. */
  discard(): void;
  /** Frees the descriptor. */
  close(): void;
}

/** What a channel tells the state machine. */
export interface DatagramEvents {
  /** Bytes that the channel will not touch again. */
  received(data: Buffer, from: SocketAddress): void;
  /** The system's word on a datagram, sent or to be received: the socket is as good as before. */
  refused(error: OSError): void;
  /** It cannot go on. */
  failed(error: unknown, message: string): void;
  /** `pending` has become larger. */
  delayed(): void;
  /** `pending` has become smaller. */
  wrote(): void;
}
