import { ValueError } from '@loop/core/errors';
import { describe } from '../describe.ts';

/**
 * A string for C, or `null`. C would see the end of it at a zero character, and take `good\0bad` for `good`.
 */
export function checkText(value: unknown, name: string): void {
  if (value === null || value === undefined) return;
  if (typeof value !== 'string') {
    throw new TypeError(`Expected ${name} to be a string or null, got ${describe(value)}`);
  }
  if (value.includes('\0')) {
    throw new ValueError(`Expected ${name} to have no zero character, got ${describe(value)}`);
  }
}
