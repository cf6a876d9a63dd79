import { checkPieces } from '../check-options.ts';

/** In what streams of different kinds differ, apart from their channels. */
export interface StreamTraits {
  /** The high limit of flow control by default, in bytes. */
  readonly highWater: number;
  /** Whether writing pauses at the high limit, not only above it. */
  readonly pausesAtLimit: boolean;
  /** Seconds to come to terms with the peer, and to say goodbye. */
  readonly openWithin: number;
  readonly closeWithin: number;
  readonly openTimedOut: (seconds: number) => Error;
  readonly closeTimedOut: string;
  readonly openFailed: string;
  readonly openAborted: string;
  /** What is warned of, after a few writes to a connection that is gone. */
  readonly lostWrite: string;
  readonly cannotKeepOpen: string;
  /** What the exception handler is told when a method of the protocol has thrown. */
  readonly protocolFailed: (method: string) => string;
  readonly notBytes: (data: unknown) => TypeError;
}

/** A socket, or a pipe: nothing to agree on. */
export const PLAIN: StreamTraits = {
  highWater: 64 * 1024,
  pausesAtLimit: false,
  openWithin: Infinity,
  closeWithin: Infinity,
  openTimedOut: () => new TypeError('Expected a stream to be open from the start'),
  closeTimedOut: '',
  openFailed: '',
  openAborted: '',
  lostWrite: 'socket.send() raised exception.',
  cannotKeepOpen: 'returning true from eof_received() has no effect on this stream',
  protocolFailed: (method) => `Fatal error: protocol.${method} call failed.`,
  notBytes,
};

/** What every transport says to data that is none. */
export function notBytes(data: unknown): TypeError {
  return new TypeError(`data argument must be a bytes-like object, not '${typeName(data)}'`);
}

export function typeName(data: unknown): string {
  return data === null ? 'null' : Array.isArray(data) ? 'array' : typeof data;
}

/**
 * The pieces with something in them.
 *
 * @throws {TypeError} One is not bytes, as `refusal` has it; then none of them is to be written.
 */
export function filledPieces(
  pieces: Iterable<unknown>,
  refusal: (data: unknown) => TypeError,
): Uint8Array[] {
  checkPieces(pieces);
  const filled: Uint8Array[] = [];
  for (const piece of pieces) {
    if (!(piece instanceof Uint8Array)) throw refusal(piece);
    if (piece.length > 0) filled.push(piece);
  }
  return filled;
}
