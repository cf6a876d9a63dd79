// The jobs as tinypool runs them.
// @ts-check
import { Tinypool } from 'tinypool';

export { empty, oneMillisecond, sizeOf } from './jobs.js';

/** @param {Uint8Array} bytes */
export function giveBack(bytes) {
  return Tinypool.move(bytes);
}
