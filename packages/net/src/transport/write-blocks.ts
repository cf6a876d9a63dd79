/** Bytes of a block. */
export const BLOCK = 64 * 1024;
const SPARE_BLOCKS = 16;

/**
 * Memory for bytes that wait to be written, of all transports of this thread: taken by one after the other,
 * because memory of that size is dear to get and to collect.
 */
const spare: Buffer[] = [];
const blocks = new WeakSet<ArrayBufferLike>();

/** A block with anything in it. */
export function takeBlock(): Buffer {
  const block = spare.pop();
  if (block !== undefined) return block;
  const made = Buffer.allocUnsafeSlow(BLOCK);
  blocks.add(made.buffer);
  return made;
}

/** `part` is used no more, nor is any other part of its block; nothing happens if it is of none. */
export function giveBlock(part: Uint8Array): void {
  if (!blocks.has(part.buffer) || spare.length === SPARE_BLOCKS) return;
  spare.push(Buffer.from(part.buffer));
}
