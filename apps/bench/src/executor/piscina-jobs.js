// The jobs as piscina runs them.
// @ts-check
import { move } from 'piscina';

export { empty, oneMillisecond, sizeOf } from './jobs.js';

/** @param {Uint8Array} bytes */
export function giveBack(bytes) {
  return move(bytes);
}
