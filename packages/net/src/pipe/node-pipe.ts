import { closeSync, openSync } from 'node:fs';
import { Socket as NodeSocket } from 'node:net';
import type { Readable, Writable } from 'node:stream';
import { isatty, ReadStream, WriteStream } from 'node:tty';
import { NotImplementedError } from '@loop/core';
import { isSupported, OSError } from '@loop/posix';
import { type DescriptorKind, describe, duplicate, filenoOf } from '@loop/posix/internal';
import { descriptorOf } from '../socket/node-socket-view.ts';
import { checkedKind, closeObject, type PipeEnd, type PipeObject } from './pipe-file.ts';

/** A stream of Node's at one end of a pipe. */
export interface NodePipe {
  readonly stream: Readable | Writable;
  readonly kind: DescriptorKind | 'stream';
  /** Closes what Node does not, once the stream is destroyed. */
  readonly release: () => void;
}

/**
 * What Node reads or writes a pipe by.
 *
 * 1. A stream of Node's, such as a child's `stdout`, is used as it is.
 * 2. A number is Node's from now on.
 * 3. An object that can be closed keeps its descriptor and is closed in the end; Node gets a second one.
 *
 * @throws {ValueError} It has no descriptor, or one of a file.
 */
export function openNodePipe(pipe: PipeObject, end: PipeEnd): NodePipe {
  if (isStream(pipe, end)) return { stream: pipe, kind: 'stream', release: () => {} };
  const given = filenoOf(pipe);
  const kind = checkedKind(given, end);
  const closable = typeof pipe === 'object' && typeof pipe.close === 'function';
  const fd = closable ? secondDescriptor(given, kind, end, pipe) : given;
  const stream = kind === 'character' ? openTerminal(fd, end) : openPipe(fd, kind, end);
  // libuv opens most terminals anew, and leaves the descriptor it was given alone.
  const isLeft = kind === 'character' && descriptorOf(stream) !== fd;
  return {
    stream,
    kind,
    release: () => {
      if (isLeft) closeSync(fd);
      if (closable) closeObject(pipe);
    },
  };
}

function isStream(pipe: unknown, end: PipeEnd): pipe is Readable | Writable {
  if (typeof pipe !== 'object' || pipe === null) return false;
  const { on, read, write, destroy } = pipe as Partial<Readable & Writable>;
  const moves = end === 'read' ? read : write;
  return [on, destroy, moves].every((method) => typeof method === 'function');
}

function openPipe(fd: number, kind: DescriptorKind, end: PipeEnd): NodeSocket {
  // What comes by a socket that is written to tells that its reader has gone.
  const readable = end === 'read' || kind === 'socket';
  return new NodeSocket({ fd, readable, writable: end === 'write', allowHalfOpen: true });
}

function openTerminal(fd: number, end: PipeEnd): Readable | Writable {
  // As a selector says of other devices.
  if (!isatty(fd)) throw new OSError('EPERM', { syscall: 'isatty' });
  return end === 'read' ? new ReadStream(fd) : new WriteStream(fd);
}

function secondDescriptor(
  fd: number,
  kind: DescriptorKind,
  end: PipeEnd,
  pipe: PipeObject,
): number {
  if (isSupported()) return duplicate(fd);
  const folder = process.platform === 'linux' ? '/proc/self/fd' : '/dev/fd';
  if (kind === 'socket' || process.platform === 'win32') {
    throw new NotImplementedError(
      `A second descriptor of ${describe(pipe)} needs the package koffi; pass the number of the descriptor, which is closed by the transport then`,
    );
  }
  return openSync(`${folder}/${fd}`, end === 'read' ? 'r' : 'w');
}
