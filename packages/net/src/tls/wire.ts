import { Duplex } from 'node:stream';

/** What a stream of Node's writes and reads, as calls: the encrypted side of its `TLSSocket`. */
export class Wire extends Duplex {
  readonly #send: (data: Buffer) => void;
  readonly #said: () => void;

  /**
   * @param send - Takes what is to go to the peer.
   * @param said - Called after the last of it.
   */
  constructor(send: (data: Buffer) => void, said: () => void) {
    super({ allowHalfOpen: true, autoDestroy: false });
    this.#send = send;
    this.#said = said;
  }

  /** It is pushed to, whenever something comes. */
  override _read(): void {}

  override _write(
    chunk: Buffer,
    _encoding: BufferEncoding,
    callback: (error?: Error | null) => void,
  ): void {
    this.#send(chunk);
    callback();
  }

  override _final(callback: (error?: Error | null) => void): void {
    callback();
    this.#said();
  }
}
