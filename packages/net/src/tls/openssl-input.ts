import { type OpenSslConnection, PinnedBuffer } from '@loop/posix/internal';
import { encryptedInput } from './openssl-memory.ts';

// What the connection is given at a time: about a record, beyond which its own memory does not grow then.
const SLICE = 17 * 1024;
/** TLS within TLS receives while the layer below still reads from the memory that all share. */
const OWN_MEMORY = 32 * 1024;

/** Whether somebody reads from the shared memory now. */
let isRead = false;

/** Encrypted bytes on their way from the channel below to a connection, which gets them slice by slice. */
export class OpenSslInput {
  readonly #connection: OpenSslConnection;
  #memory: PinnedBuffer | null = null;
  #own: PinnedBuffer | null = null;
  #isReader = false;
  #from = 0;
  #to = 0;

  constructor(connection: OpenSslConnection) {
    this.#connection = connection;
  }

  /** Where the channel below may receive into. */
  get target(): Uint8Array {
    if (!isRead) this.#memory = encryptedInput();
    else this.#memory = this.#own ??= new PinnedBuffer(OWN_MEMORY);
    return this.#memory.bytes;
  }

  /** Bytes that the connection has not been given yet. */
  get left(): number {
    return this.#to - this.#from;
  }

  /** So many bytes have been put into the target: the memory stays as it is until `end`. */
  begin(count: number): void {
    this.#isReader = !isRead;
    isRead = true;
    this.#from = 0;
    this.#to = count;
  }

  end(): void {
    if (this.#isReader) isRead = false;
    this.#isReader = false;
    this.#from = 0;
    this.#to = 0;
  }

  /** Gives the connection the next slice; false when there is none. */
  feed(): boolean {
    const left = this.#to - this.#from;
    if (left === 0) return false;
    const size = Math.min(SLICE, left);
    this.#connection.feedPinned(this.#memory as PinnedBuffer, this.#from, size);
    this.#from += size;
    return true;
  }
}
