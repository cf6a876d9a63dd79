import { ValueError } from '@loop/core';
import { checkBoolean } from '@loop/core/errors';
import { describe } from '@loop/posix/internal';
import { checkOptions } from '../check-options.ts';

/** What can be read at a position: a `FileHandle` of `node:fs/promises` is such. */
export interface ReadableFile {
  /** The descriptor, if there is one. */
  readonly fd?: number;
  read(
    buffer: Uint8Array,
    offset: number,
    length: number,
    position: number,
  ): Promise<{ readonly bytesRead: number }>;
}

/** A file to send: an open descriptor, or a `FileHandle`. It stays the caller's, and open. */
export type SendfileSource = number | ReadableFile;

/** Which bytes of a file are sent: from `offset` on, at most `count`, `null` for all. */
export interface Extent {
  readonly offset: number;
  readonly count: number | null;
}

/** Options of `sendfile` and `sockSendfile`. */
export interface SendfileOptions {
  /**
   * Whether to read and send the file piece by piece where the system cannot send it by itself; by
   * default `true`.
   */
  readonly fallback?: boolean | undefined;
}

/**
 * Whether to fall back.
 *
 * @throws {TypeError} The options are none of `method`.
 */
export function givenFallback(options: SendfileOptions, method: string): boolean {
  checkOptions(options, ['fallback'], method);
  const { fallback = true } = options;
  checkBoolean(fallback, 'fallback');
  return fallback;
}

/** @throws {TypeError | ValueError} One of them is none. */
export function checkExtent(file: unknown, offset: unknown, count: unknown): void {
  if (!isSource(file)) {
    throw new TypeError(`Expected file to be a descriptor or a FileHandle, got ${describe(file)}`);
  }
  if (typeof file === 'number' && (!Number.isInteger(file) || file < 0 || file > 0x7fffffff)) {
    throw new ValueError(`Expected file to be an open descriptor, got ${file}`);
  }
  if (count !== null) checkInteger(count, 1, 'count must be a positive integer');
  checkInteger(offset, 0, 'offset must be a non-negative integer');
}

function isSource(file: unknown): file is SendfileSource {
  if (typeof file === 'number') return true;
  return (
    typeof file === 'object' &&
    file !== null &&
    'read' in file &&
    typeof file.read === 'function' &&
    !('pipe' in file)
  );
}

function checkInteger(value: unknown, least: number, rule: string): void {
  if (typeof value !== 'number' || !Number.isSafeInteger(value)) {
    throw new TypeError(`${rule} (got ${describe(value)})`);
  }
  if (value < least) throw new ValueError(`${rule} (got ${value})`);
}
