/**
 * Sends on many sockets by one call: an io_uring that is used for nothing else. Linux only, and only
 * where it is allowed: containers often forbid it.
 *
 * 1. What is sent is copied into memory of the ring's own, so that the caller may use its buffer again.
 * 2. One entry for each socket and call: the kernel tries every entry, in order, and one that was refused
 *    must not be overtaken. More for the last socket is put behind what it has already.
 * 3. Each entry is a send(2) that does not wait, so all are over when the call returns; what is missing
 *    then, for whatever reason, is sent by send(2) itself, and the ring is not used again.
 * 4. The rings are memory shared with the kernel, and read by it during the call only.
 *
 * @see io_uring(7), io_uring_enter(2)
 */
import { MSG_DONTWAIT, MSG_NOSIGNAL } from '../constants/constants.ts';
import { closeDescriptor } from '../descriptor.ts';
import { EINVAL } from '../errno-table.ts';
import { completion, submission, uringParams } from '../ffi/layouts.ts';
import { isSupported, libc, PinnedBuffer, viewOf } from '../ffi/library.ts';
import { disown, own } from '../ffi/owned-descriptors.ts';

// The same on all processors.
const SYS_IO_URING_SETUP = 425;
const SYS_IO_URING_ENTER = 426;
const SETUP_COOP_TASKRUN = 1 << 8;
const SETUP_SINGLE_ISSUER = 1 << 12;
const OFFSET_SUBMISSIONS = 0x10000000;
const OPCODE_SEND = 26;
const PROT_READ_WRITE = 3;
const MAP_SHARED_POPULATE = 0x8001;

const ENTRIES = 64;
const MEMORY = 128 * 1024;
const FLAGS = MSG_DONTWAIT | MSG_NOSIGNAL;
const NOT_DONE = -0x80000000;
const SUBMISSION_WORDS = submission.size / 4;
const COMPLETION_WORDS = completion.size / 4;

/** Where the words of a ring are, by index. */
interface Words {
  readonly submissionTail: number;
  readonly submissionMask: number;
  readonly completionHead: number;
  readonly completionTail: number;
  readonly completionMask: number;
  readonly completions: number;
}

export class SendRing {
  readonly #fd: number;
  readonly #rings: Mapping;
  readonly #entries: Mapping;
  readonly #at: Words;
  readonly #memory = new PinnedBuffer(MEMORY);
  readonly #starts = new Int32Array(ENTRIES);
  readonly #lengths = new Int32Array(ENTRIES);
  readonly #sockets = new Int32Array(ENTRIES);
  readonly #results = new Int32Array(ENTRIES);
  #count = 0;
  #used = 0;
  #tail = 0;
  #open = true;

  private constructor(fd: number, parameters: DataView) {
    this.#fd = fd;
    const submissionAt = (field: number): number =>
      parameters.getUint32(uringParams.submissions + field, true);
    const completionAt = (field: number): number =>
      parameters.getUint32(uringParams.completions + field, true);
    const entries = parameters.getUint32(uringParams.submissionEntries, true);
    const completed = parameters.getUint32(uringParams.completionEntries, true);
    const array = submissionAt(uringParams.array);
    const cqes = completionAt(uringParams.entries);
    const size = Math.max(array + entries * 4, cqes + completed * completion.size);
    this.#rings = new Mapping(fd, size, 0);
    this.#entries = new Mapping(fd, entries * submission.size, OFFSET_SUBMISSIONS);
    const { words } = this.#rings;
    this.#at = {
      submissionTail: submissionAt(uringParams.tail) / 4,
      submissionMask: words[submissionAt(uringParams.mask) / 4]!,
      completionHead: completionAt(uringParams.head) / 4,
      completionTail: completionAt(uringParams.tail) / 4,
      completionMask: words[completionAt(uringParams.mask) / 4]!,
      completions: cqes / 4,
    };
    for (let i = 0; i < entries; i += 1) words[array / 4 + i] = i;
  }

  /** A ring, or `null` where the system has none, or forbids it. */
  static open(): SendRing | null {
    if (process.platform !== 'linux' || !isSupported()) return null;
    // What Node itself heeds.
    if (process.env['UV_USE_IO_URING'] === '0') return null;
    const memory = Buffer.alloc(uringParams.size);
    const parameters = new DataView(memory.buffer, memory.byteOffset, memory.length);
    parameters.setUint32(uringParams.flags, SETUP_COOP_TASKRUN | SETUP_SINGLE_ISSUER, true);
    let fd = libc.io_uring_setup(SYS_IO_URING_SETUP, ENTRIES, memory);
    if (fd === -EINVAL) {
      // Before Linux 6.0.
      memory.fill(0);
      fd = libc.io_uring_setup(SYS_IO_URING_SETUP, ENTRIES, memory);
    }
    if (fd < 0) return null;
    own(fd);
    try {
      return new SendRing(fd, parameters);
    } catch {
      disown(fd);
      closeDescriptor(fd);
      return null;
    }
  }

  /** Entries that wait for {@link submit}. */
  get count(): number {
    return this.#count;
  }

  /** Whether it works still; if not, nothing can be added. */
  get isOpen(): boolean {
    return this.#open;
  }

  /** Copies `data`, to be sent on the socket `fd`; false where there is no room for it. */
  add(fd: number, data: Uint8Array): boolean {
    const index = this.#count;
    const { length } = data;
    const start = this.#used;
    if (index === ENTRIES || length > MEMORY - start || !this.#open) return false;
    this.#memory.bytes.set(data, start);
    this.#starts[index] = start;
    this.#lengths[index] = length;
    this.#sockets[index] = fd;
    this.#count = index + 1;
    this.#used = start + length;
    return true;
  }

  /** Copies `data` behind what the last entry has; false where there is no room for it. */
  extend(data: Uint8Array): boolean {
    const index = this.#count - 1;
    const { length } = data;
    if (index < 0 || length > MEMORY - this.#used) return false;
    this.#memory.bytes.set(data, this.#used);
    this.#lengths[index]! += length;
    this.#used += length;
    return true;
  }

  /** Sends everything. What came of it is told by {@link missing}, until {@link clear}. */
  submit(): void {
    const count = this.#count;
    this.#results.fill(NOT_DONE, 0, count);
    if (count > 1 && this.#open) this.#enter(count);
    for (let index = 0; index < count; index += 1) {
      if (this.#results[index] === NOT_DONE) this.#results[index] = this.#sendAlone(index);
    }
  }

  /** How many bytes of an entry were sent, or a negative errno; 0 says that all of them were. */
  missing(index: number): number {
    const result = this.#results[index]!;
    return result < 0 ? result : this.#lengths[index]! - result;
  }

  /** The last `count` bytes of an entry; its memory is used again after {@link clear}. */
  tail(index: number, count: number): Uint8Array {
    const end = this.#starts[index]! + this.#lengths[index]!;
    return this.#memory.bytes.subarray(end - count, end);
  }

  length(index: number): number {
    return this.#lengths[index]!;
  }

  clear(): void {
    this.#count = 0;
    this.#used = 0;
  }

  close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#entries.free();
    this.#rings.free();
    disown(this.#fd);
    closeDescriptor(this.#fd);
  }

  #enter(count: number): void {
    this.#fill(count);
    this.#rings.words[this.#at.submissionTail] = this.#tail;
    const taken = libc.io_uring_enter(SYS_IO_URING_ENTER, this.#fd, count, 0, 0, 0);
    const seen = this.#collect();
    if (taken !== count || seen !== count) this.close();
  }

  #fill(count: number): void {
    const { words } = this.#entries;
    const { submissionMask } = this.#at;
    const base = this.#memory.address;
    for (let index = 0; index < count; index += 1) {
      const word = (this.#tail & submissionMask) * SUBMISSION_WORDS;
      const address = base + this.#starts[index]!;
      // The other words are zero, and stay so.
      words[word] = OPCODE_SEND;
      words[word + 1] = this.#sockets[index]!;
      words[word + 4] = address % 2 ** 32;
      words[word + 5] = address / 2 ** 32;
      words[word + 6] = this.#lengths[index]!;
      words[word + 7] = FLAGS;
      words[word + 8] = index;
      this.#tail = (this.#tail + 1) | 0;
    }
  }

  /** Reads what has been done; returns how much that is. */
  #collect(): number {
    const { words } = this.#rings;
    const { completionHead, completionTail, completionMask, completions } = this.#at;
    const tail = words[completionTail]!;
    let head = words[completionHead]!;
    let seen = 0;
    for (; head !== tail; head = (head + 1) | 0) {
      const word = completions + (head & completionMask) * COMPLETION_WORDS;
      this.#results[words[word]!] = words[word + 2]!;
      seen += 1;
    }
    words[completionHead] = head;
    return seen;
  }

  #sendAlone(index: number): number {
    const address = this.#memory.address + this.#starts[index]!;
    return libc.sendAt(this.#sockets[index]!, address, this.#lengths[index]!, FLAGS);
  }
}

/** A part of the ring that is shared with the kernel, as 32-bit words. */
class Mapping {
  words: Int32Array;
  readonly #address: number;
  readonly #size: number;

  constructor(fd: number, size: number, offset: number) {
    this.#size = size;
    this.#address = libc.mmap(0, size, PROT_READ_WRITE, MAP_SHARED_POPULATE, fd, offset);
    // MAP_FAILED is -1; as an unsigned number it is out of any range.
    if (!(this.#address > 0 && this.#address < 2 ** 56)) throw new Error('mmap failed');
    this.words = new Int32Array(viewOf(this.#address, size), 0, size >> 2);
  }

  free(): void {
    // Nothing may look at memory that is gone.
    this.words = new Int32Array(0);
    libc.munmap(this.#address, this.#size);
  }
}
