// The worker of workerpool, which registers what it can be asked for.
// @ts-check
import workerpool from 'workerpool';
import { empty, oneMillisecond, sizeOf } from './jobs.js';

/** @param {Uint8Array} bytes */
function giveBack(bytes) {
  return new workerpool.Transfer(bytes, [bytes.buffer]);
}

workerpool.worker({ empty, oneMillisecond, sizeOf, giveBack });
