/**
 * Argument checks, made before anything reaches C: each names the argument and what was given.
 * A value of the wrong kind is a `TypeError`, one out of range a `ValueError`.
 */
import { ValueError } from '@loop/core/errors';
import { isUint8Array } from 'node:util/types';
import { describe } from './describe.ts';

const INT_MAX = 0x7fffffff;

/** An `int` of C; without bounds, any. */
export function checkInteger(
  value: unknown,
  name: string,
  low = -INT_MAX - 1,
  high = INT_MAX,
): asserts value is number {
  if (typeof value !== 'number' || !Number.isInteger(value)) {
    throw new TypeError(`Expected ${name} to be an integer, got ${describe(value)}`);
  }
  if (value < low || value > high) {
    throw new ValueError(`Expected ${name} to be an integer ${range(low, high)}, got ${value}`);
  }
}

/** Bytes to send or to fill. A string is refused, as in the reference; so is a detached buffer. */
export function checkBytes(value: unknown, name: string): asserts value is Uint8Array {
  if (!isUint8Array(value)) {
    throw new TypeError(`Expected ${name} to be a Uint8Array or Buffer, got ${describe(value)}`);
  }
  if (value.length === 0 && isDetached(value.buffer)) {
    throw new TypeError(`Expected ${name} to have its memory, got a detached Uint8Array`);
  }
}

/** A part of `bytes`, by offset and length. */
export function checkPart(bytes: Uint8Array, offset: number, length: number): void {
  checkInteger(offset, 'offset', 0, bytes.length);
  checkInteger(length, 'length', 0, bytes.length - offset);
}

/** @param value - Seconds, or `null` where waiting has no end. */
export function checkTimeout(value: unknown, name: string): asserts value is number | null {
  if (value !== null && (typeof value !== 'number' || Number.isNaN(value))) {
    throw new TypeError(
      `Expected ${name} to be a number of seconds or null, got ${describe(value)}`,
    );
  }
}

export function checkFunction(value: unknown, name: string): void {
  if (typeof value !== 'function') {
    throw new TypeError(`Expected ${name} to be a function, got ${describe(value)}`);
  }
}

function range(low: number, high: number): string {
  return high >= INT_MAX ? `from ${low} up` : `from ${low} to ${high}`;
}

/** `ArrayBuffer.prototype.detached` is younger than Node 20. */
function isDetached(buffer: ArrayBufferLike): boolean {
  try {
    return new Uint8Array(buffer).length < 0;
  } catch {
    return true;
  }
}

/** @throws {TypeError} `value` is no number, or is NaN. */
export function checkNumber(value: unknown, name: string): asserts value is number {
  if (typeof value !== 'number' || Number.isNaN(value)) {
    throw new TypeError(`Expected ${name} to be a number, got ${describe(value)}`);
  }
}
