import { constants, openSync } from 'node:fs';
import { devNull } from 'node:os';
import { ValueError } from '@loop/core';
import { type FileObject, pipe } from '@loop/posix';
import { closeDescriptor, filenoOf } from '@loop/posix/internal';

/** A pipe to the child, reachable by `getPipeTransport`. */
export const PIPE = -1;
/** For stderr: the same as stdout. */
export const STDOUT = -2;
/** The null device. */
export const DEVNULL = -3;

/**
 * What a child's standard stream can be connected to: {@link PIPE}, {@link STDOUT}, {@link DEVNULL}, a
 * descriptor or an object that has one; `null` lets it inherit the parent's.
 */
export type Stdio = FileObject | null;

/** One standard stream of a child that is to be started. */
export interface PreparedStream {
  /** What the child gets: a descriptor of this process; `null`: what this process has there. */
  readonly childFd: number | null;
  /** Our end of the pipe, where there is one. */
  readonly ownFd: number | null;
  /** Whether `childFd` was opened for the child alone. */
  readonly closeAfter: boolean;
}

/** The three standard streams; what was opened is closed by {@link discard} or given to transports. */
export class PreparedStdio {
  readonly streams: readonly [PreparedStream, PreparedStream, PreparedStream];

  /** @throws {ValueError} A stream is none of those possible. */
  constructor(stdin: Stdio, stdout: Stdio, stderr: Stdio) {
    check(stdin, 'stdin');
    check(stdout, 'stdout');
    check(stderr, 'stderr');
    const opened: PreparedStream[] = [];
    try {
      opened.push(prepare(stdin, 0));
      opened.push(prepare(stdout, 1));
      opened.push(
        stderr === STDOUT ? sameAsOutput(opened[1] as PreparedStream) : prepare(stderr, 2),
      );
    } catch (error) {
      for (const stream of opened) closeBoth(stream);
      throw error;
    }
    this.streams = opened as unknown as PreparedStdio['streams'];
  }

  /** The child has its descriptors: ours of them are closed, or its pipes would never end. */
  closeChildEnds(): void {
    for (const { childFd, closeAfter } of this.streams) {
      if (closeAfter && childFd !== null) closeDescriptor(childFd);
    }
  }

  /** There is no child. */
  discard(): void {
    for (const stream of this.streams) closeBoth(stream);
  }
}

function prepare(stdio: Stdio, fd: 0 | 1 | 2): PreparedStream {
  if (stdio === null) return { childFd: null, ownFd: null, closeAfter: false };
  if (stdio === DEVNULL) {
    const flags = fd === 0 ? constants.O_RDONLY : constants.O_WRONLY;
    return { childFd: openSync(devNull, flags), ownFd: null, closeAfter: true };
  }
  if (stdio !== PIPE) return { childFd: filenoOf(stdio), ownFd: null, closeAfter: false };
  const [readFd, writeFd] = pipe();
  return fd === 0
    ? { childFd: readFd, ownFd: writeFd, closeAfter: true }
    : { childFd: writeFd, ownFd: readFd, closeAfter: true };
}

/** Standard error goes where standard output goes. */
function sameAsOutput({ childFd }: PreparedStream): PreparedStream {
  return { childFd: childFd ?? 1, ownFd: null, closeAfter: false };
}

function closeBoth({ childFd, ownFd, closeAfter }: PreparedStream): void {
  if (closeAfter && childFd !== null) closeDescriptor(childFd);
  if (ownFd !== null) closeDescriptor(ownFd);
}

function check(stdio: unknown, name: 'stdin' | 'stdout' | 'stderr'): void {
  if (stdio === null || stdio === PIPE || stdio === DEVNULL) return;
  if (stdio === STDOUT) {
    if (name === 'stderr') return;
    throw new ValueError(`${name}: STDOUT is for stderr only`);
  }
  try {
    filenoOf(stdio);
  } catch (error) {
    throw new ValueError(
      `Expected ${name} to be PIPE, DEVNULL, null, a descriptor or a file object: ${(error as Error).message}`,
      { cause: error },
    );
  }
}
