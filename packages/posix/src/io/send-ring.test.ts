import { afterEach, describe, expect, it, vi } from 'vitest';
import { openDescriptors } from '../../test/descriptor-count.ts';
import { EAGAIN, EPIPE } from '../errno-table.ts';
import { trySend } from '../socket/native-socket.ts';
import type { Socket } from '../socket/socket.ts';
import { socketpair } from '../socket/socketpair.ts';
import { SendRing } from './send-ring.ts';
import '../../test/needs-ffi.ts';

const closables: { close(): void }[] = [];
function keep<T extends { close(): void }>(closable: T): T {
  closables.push(closable);
  return closable;
}
afterEach(() => {
  vi.unstubAllEnvs();
  for (const closable of closables.splice(0)) closable.close();
});

function newPair(): [near: Socket, far: Socket] {
  const [near, far] = socketpair();
  return [keep(near), keep(far)];
}

function fill(socket: Socket): void {
  const piece = Buffer.alloc(4096);
  let sent = 0;
  while (sent >= 0) sent = trySend(socket.fileno(), piece, 0, piece.length, 0);
}

function newRing(): SendRing | null {
  const ring = SendRing.open();
  return ring === null ? null : keep(ring);
}

describe.skipIf(SendRing.open() === null)('SendRing (io_uring is forbidden here)', () => {
  const ring = (): SendRing => newRing() as SendRing;

  it('sends on several sockets, a copy of what each was given', () => {
    const ringed = ring();
    const pairs = [newPair(), newPair(), newPair()];
    const data = Buffer.from('?');
    for (const [index, [near]] of pairs.entries()) {
      data.write(String(index));
      expect(ringed.add(near.fileno(), data)).toBe(true);
    }
    expect(ringed.extend(Buffer.from('and more'))).toBe(true);
    expect(ringed.count).toBe(3);
    ringed.submit();
    expect([0, 1, 2].map((index) => ringed.missing(index))).toEqual([0, 0, 0]);
    expect(pairs.map(([, far]) => far.recv(100).toString())).toEqual(['0', '1', '2and more']);
    ringed.clear();
    expect(ringed.count).toBe(0);
  });

  it('goes round its entries many times', () => {
    const ringed = ring();
    const pairs = [newPair(), newPair(), newPair()];
    for (let round = 0; round < 100; round += 1) {
      for (const [near] of pairs) ringed.add(near.fileno(), Buffer.from(`${round} `));
      ringed.submit();
      ringed.clear();
    }
    const expected = Array.from({ length: 100 }, (_, round) => `${round} `).join('');
    for (const [, far] of pairs) expect(far.recv(1000).toString()).toBe(expected);
    expect(ringed.isOpen).toBe(true);
  });

  it('tells what could not be sent, and keeps it', () => {
    const ringed = ring();
    const [[full], [gone, closed], [near, far]] = [newPair(), newPair(), newPair()];
    fill(full);
    closed.close();
    for (const socket of [full, gone, near]) ringed.add(socket.fileno(), Buffer.from('bytes'));
    ringed.submit();
    expect([0, 1, 2].map((index) => ringed.missing(index))).toEqual([-EAGAIN, -EPIPE, 0]);
    expect(Buffer.from(ringed.tail(0, ringed.length(0))).toString()).toBe('bytes');
    expect(far.recv(100).toString()).toBe('bytes');
  });

  it('tells how much of it was sent', () => {
    const ringed = ring();
    const [[near], [other]] = [newPair(), newPair()];
    const large = Buffer.alloc(100 * 1024);
    for (let i = 0; i < 8; i += 1) {
      ringed.add(near.fileno(), large);
      ringed.add(other.fileno(), Buffer.from('x'));
      ringed.submit();
      ringed.clear();
    }
    ringed.add(near.fileno(), large);
    ringed.add(other.fileno(), Buffer.from('x'));
    ringed.submit();
    expect(ringed.missing(0)).not.toBe(0);
    expect(ringed.missing(1)).toBe(0);
  });

  it('has room for so many, and so much', () => {
    const ringed = ring();
    const [near] = newPair();
    const taken = Array.from({ length: 65 }, () => ringed.add(near.fileno(), Buffer.from('x')));
    expect(taken.indexOf(false)).toBe(64);
    ringed.clear();
    expect(ringed.add(near.fileno(), Buffer.alloc(128 * 1024 - 1))).toBe(true);
    expect(ringed.extend(Buffer.from('x'))).toBe(true);
    expect(ringed.extend(Buffer.from('x'))).toBe(false);
    expect(ringed.add(near.fileno(), Buffer.from('x'))).toBe(false);
  });

  it('sends a single entry as well', () => {
    const ringed = ring();
    const [near, far] = newPair();
    ringed.add(near.fileno(), Buffer.from('alone'));
    ringed.submit();
    expect(ringed.missing(0)).toBe(0);
    expect(far.recv(100).toString()).toBe('alone');
  });

  it('sends what it has after it was closed, and takes no more', () => {
    const ringed = ring();
    const pairs = [newPair(), newPair()];
    for (const [near] of pairs) ringed.add(near.fileno(), Buffer.from('late'));
    ringed.close();
    ringed.close();
    ringed.submit();
    for (const [, far] of pairs) expect(far.recv(100).toString()).toBe('late');
    expect(ringed.add(0, Buffer.from('x'))).toBe(false);
    expect(ringed.isOpen).toBe(false);
  });

  it('leaves no descriptor behind', () => {
    const before = openDescriptors();
    for (let i = 0; i < 20; i += 1) SendRing.open()?.close();
    expect(openDescriptors()).toEqual(before);
  });

  it('is not there where Node is told to use none', () => {
    vi.stubEnv('UV_USE_IO_URING', '0');
    expect(SendRing.open()).toBeNull();
  });
});
