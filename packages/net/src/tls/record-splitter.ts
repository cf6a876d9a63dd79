// RFC 8446, 5.1: type, version (2), length (2)
const HEADER = 5;

/** Cuts a stream of bytes into the records of TLS. */
export class RecordSplitter {
  #rest: Buffer = Buffer.alloc(0);

  push(data: Buffer): void {
    this.#rest = this.#rest.length === 0 ? data : Buffer.concat([this.#rest, data]);
  }

  /** The next record, `null` while it is not complete. */
  next(): Buffer | null {
    const rest = this.#rest;
    if (rest.length < HEADER) return null;
    const end = HEADER + rest.readUInt16BE(3);
    if (rest.length < end) return null;
    this.#rest = rest.subarray(end);
    return rest.subarray(0, end);
  }

  /** What has not been given out. */
  takeRest(): Buffer {
    const rest = this.#rest;
    this.#rest = Buffer.alloc(0);
    return rest;
  }
}
