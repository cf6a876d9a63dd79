import { closeSync, constants, openSync } from 'node:fs';
import { devNull } from 'node:os';
import { NotImplementedError, ValueError } from '@loop/core';
import { type FileObject, isSupported, pipe } from '@loop/posix';
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
  /**
   * What the child gets: a descriptor of this process; `null`: what this process has there; `'pipe'`: the end
   * of a pipe that Node makes.
   */
  readonly childFd: number | 'pipe' | null;
  /** Our end of the pipe, where there is one. */
  readonly ownFd: number | null;
  /** Closes `childFd`, where that was opened for the child alone. */
  readonly closeAfter: ((fd: number) => void) | null;
}

/** The three standard streams; what was opened is closed by {@link discard} or given to transports. */
export class PreparedStdio {
  readonly streams: readonly [PreparedStream, PreparedStream, PreparedStream];

  /**
   * @param byNode - Whether Node makes the pipes; otherwise we do, and they are real ones.
   * @throws {ValueError} A stream is none of those possible.
   */
  constructor(stdin: Stdio, stdout: Stdio, stderr: Stdio, byNode: boolean) {
    check(stdin, 'stdin');
    check(stdout, 'stdout');
    check(stderr, 'stderr');
    const opened: PreparedStream[] = [];
    try {
      opened.push(prepare(stdin, 0, byNode));
      if (stderr === STDOUT) {
        // Node cannot give one pipe of its own twice.
        if (byNode && stdout === PIPE) checkOwnPipes();
        const output = prepare(stdout, 1, false);
        opened.push(output, sameAsOutput(output));
      } else {
        opened.push(prepare(stdout, 1, byNode));
        opened.push(prepare(stderr, 2, byNode));
      }
    } catch (error) {
      for (const stream of opened) closeBoth(stream);
      throw error;
    }
    this.streams = opened as unknown as PreparedStdio['streams'];
  }

  /** The child has its descriptors: ours of them are closed, or its pipes would never end. */
  closeChildEnds(): void {
    for (const { childFd, closeAfter } of this.streams) {
      closeAfter?.(childFd as number);
    }
  }

  /** There is no child. */
  discard(): void {
    for (const stream of this.streams) closeBoth(stream);
  }
}

function prepare(stdio: Stdio, fd: 0 | 1 | 2, byNode: boolean): PreparedStream {
  if (stdio === null) return { childFd: null, ownFd: null, closeAfter: null };
  if (stdio === DEVNULL) {
    const flags = fd === 0 ? constants.O_RDONLY : constants.O_WRONLY;
    return { childFd: openSync(devNull, flags), ownFd: null, closeAfter: closeSync };
  }
  if (stdio !== PIPE) return { childFd: filenoOf(stdio), ownFd: null, closeAfter: null };
  if (byNode) return { childFd: 'pipe', ownFd: null, closeAfter: null };
  const [readFd, writeFd] = pipe();
  return fd === 0
    ? { childFd: readFd, ownFd: writeFd, closeAfter: closeDescriptor }
    : { childFd: writeFd, ownFd: readFd, closeAfter: closeDescriptor };
}

/** Standard error goes where standard output goes. */
function sameAsOutput({ childFd }: PreparedStream): PreparedStream {
  return { childFd: childFd ?? 1, ownFd: null, closeAfter: null };
}

function closeBoth({ childFd, ownFd, closeAfter }: PreparedStream): void {
  closeAfter?.(childFd as number);
  if (ownFd !== null) closeDescriptor(ownFd);
}

function checkOwnPipes(): void {
  if (isSupported()) return;
  throw new NotImplementedError(
    'stderr=STDOUT with a pipe needs the package koffi here; a shell command can end in 2>&1 instead',
  );
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
