// RFC 8446, 5.1: type, version (2), length (2)
const HEADER = 5;
// RFC 5246, 6.2.3: 2^14 and what encryption adds
const LONGEST = 2 ** 14 + 2048;

/** Cuts a stream of bytes into the records of TLS. */
export class RecordSplitter {
  #rest: Buffer = Buffer.alloc(0);

  push(data: Buffer): void {
    this.#rest = this.#rest.length === 0 ? data : Buffer.concat([this.#rest, data]);
  }

  /**
   * The next record, `null` while it is not complete. What cannot be one comes as it is, for OpenSSL to
   * refuse: waiting for the length that it seems to have would be waiting for ever.
   */
  next(): Buffer | null {
    const rest = this.#rest;
    if (rest.length < HEADER) return null;
    const length = rest.readUInt16BE(3);
    if (!isRecord(rest) || length > LONGEST) return this.takeRest();
    const end = HEADER + length;
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

/** Whether type and version are those of a record. */
function isRecord(header: Buffer): boolean {
  const type = header[0] as number;
  return type >= 20 && type <= 24 && header[1] === 3;
}
