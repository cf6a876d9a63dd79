import { isUint8Array } from 'node:util/types';
import { ValueError } from '@loop/core/errors';
import { checkBytes, checkInteger } from '../check-argument.ts';
import { SO_ERROR, SOL_SOCKET } from '../constants/constants.ts';
import { describe } from '../describe.ts';
import { check } from '../ffi/invoke.ts';
import { libc } from '../ffi/library.ts';

const LONGEST_OPTION = 1024;

/** An option that is an `int`. */
export function getIntegerOption(fd: number, level: number, option: number): number {
  const value = new Int32Array(1);
  const length = Uint32Array.of(value.byteLength);
  check(libc.getsockopt(fd, level, option, value, length), 'getsockopt');
  return value[0]!;
}

/** How a connect in progress has ended: 0, or a negative errno. Asking clears it. */
export function takeSocketError(fd: number): number {
  return -getIntegerOption(fd, SOL_SOCKET, SO_ERROR);
}

/** The first `size` bytes of an option that is a struct. */
export function getBytesOption(fd: number, level: number, option: number, size: number): Buffer {
  checkInteger(size, 'length', 1, LONGEST_OPTION);
  const value = Buffer.alloc(size);
  const length = Uint32Array.of(size);
  check(libc.getsockopt(fd, level, option, value, length), 'getsockopt');
  return value.subarray(0, length[0]);
}

export function setOption(fd: number, level: number, option: number, value: unknown): void {
  const bytes = bytesOf(value);
  check(libc.setsockopt(fd, level, option, bytes, bytes.byteLength), 'setsockopt');
}

function bytesOf(value: unknown): ArrayBufferView {
  if (typeof value === 'number') {
    checkInteger(value, 'value');
    return Int32Array.of(value);
  }
  if (!isUint8Array(value)) {
    throw new TypeError(`Expected value to be an integer or a Uint8Array, got ${describe(value)}`);
  }
  checkBytes(value, 'value');
  if (value.length > LONGEST_OPTION) {
    throw new ValueError(
      `Expected value to have at most ${LONGEST_OPTION} bytes, got ${value.length}`,
    );
  }
  return value;
}
