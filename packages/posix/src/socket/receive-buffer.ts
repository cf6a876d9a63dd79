/** Memory for what `recv()` returns: slabs, each byte of which is handed out once. */

/** Room that is always offered, so that a reader of small chunks still gets a large one at once. */
const SLAB_SIZE = 256 * 1024;
const LARGEST_FROM_SLAB = 64 * 1024;
/** A part keeps its whole slab alive, so what is shorter than this is copied. */
const WORTH_A_PART = 512;

let slab = Buffer.alloc(0);
let used = 0;
/** A larger place that nobody was given: what is asked for it over and over is often not there yet. */
let spare = Buffer.alloc(0);
const LARGEST_SPARE = 1024 * 1024;

/** A place for up to `size` bytes; {@link takeReceived} says how many have come. */
export function roomFor(size: number): Buffer {
  if (size > LARGEST_FROM_SLAB) {
    if (spare.length === size) return spare;
    const room = Buffer.allocUnsafeSlow(size);
    if (size <= LARGEST_SPARE) spare = room;
    return room;
  }
  // Its last user may have transferred it to another thread.
  if (slab.length - used < size) {
    slab = Buffer.allocUnsafeSlow(SLAB_SIZE);
    used = 0;
  }
  return slab.subarray(used, used + size);
}

/** The first `count` bytes of what {@link roomFor} gave last, safe to keep. */
export function takeReceived(room: Buffer, count: number): Buffer {
  const received = room.subarray(0, count);
  const mostly = room.buffer === slab.buffer || received.length > room.length / 2;
  if (received.length < WORTH_A_PART || !mostly) return Buffer.from(received);
  if (room.buffer === slab.buffer) used += received.length;
  else if (room === spare) spare = Buffer.alloc(0);
  return received;
}
