import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { ValueError } from '@loop/core/errors';
import { afterEach, describe, expect, it } from 'vitest';
import { openDescriptors } from '../../test/descriptor-count.ts';
import { poll } from '../../test/poll.ts';
import { AF_INET, AF_INET6, AF_UNIX, SOCK_DGRAM } from '../constants/constants.ts';
import {
  closeDescriptor,
  descriptorKind,
  duplicate,
  isNonblocking,
  setNonblocking,
  tryRead,
  tryWrite,
} from '../descriptor.ts';
import { EAGAIN, EBADF, ECONNREFUSED, EPIPE } from '../errno-table.ts';
import { PinnedBuffer } from '../ffi/library.ts';
import { pipe } from '../pipe.ts';
import { tryRecvPinned } from '../socket/native-socket.ts';
import { Socket } from '../socket/socket.ts';
import { socketpair } from '../socket/socketpair.ts';
import { EventDescriptor, signalEvent } from './eventfd.ts';
import { ReceiveBatch, SendBatch } from './message-batch.ts';
import { trySeek, trySendfile } from './sendfile.ts';
import { TimerDescriptor } from './timerfd.ts';
import { tryWritev } from './writev.ts';
import '../../test/needs-ffi.ts';

const closables: { close(): void }[] = [];
function keep<T extends { close(): void }>(closable: T): T {
  closables.push(closable);
  return closable;
}
afterEach(() => {
  for (const closable of closables.splice(0)) closable.close();
});

function newPipe(): [readFd: number, writeFd: number] {
  const fds = pipe();
  for (const fd of fds) keep({ close: () => closeSync(fd) });
  return fds;
}

function detach(bytes: Uint8Array): void {
  structuredClone(bytes, { transfer: [bytes.buffer as ArrayBuffer] });
}

describe('a pipe', () => {
  it('blocks until told otherwise, and carries bytes to their end', () => {
    const [readFd, writeFd] = pipe();
    expect([isNonblocking(readFd), isNonblocking(writeFd)]).toEqual([false, false]);
    setNonblocking(readFd);
    expect(isNonblocking(readFd)).toBe(true);
    const buffer = Buffer.alloc(10);
    expect(tryRead(readFd, buffer, 0, 10)).toBe(-EAGAIN);
    expect(tryWrite(writeFd, Buffer.from('0123456789'), 3, 4)).toBe(4);
    expect(tryRead(readFd, buffer, 5, 5)).toBe(4);
    expect(buffer.toString('latin1', 5, 9)).toBe('3456');
    closeDescriptor(writeFd);
    expect(tryRead(readFd, buffer, 0, 10)).toBe(0);
    closeDescriptor(readFd);
    expect(tryRead(readFd, buffer, 0, 10)).toBe(-EBADF);
    expect(() => closeDescriptor(readFd)).toThrow(expect.objectContaining({ code: 'EBADF' }));
  });

  it('without a reader is EPIPE, and no signal', () => {
    const [readFd, writeFd] = pipe();
    closeDescriptor(readFd);
    expect(tryWrite(writeFd, Buffer.from('x'), 0, 1)).toBe(-EPIPE);
    closeDescriptor(writeFd);
  });

  it.each([
    [-1, 1],
    [0, 11],
    [5, 6],
    [11, 0],
    [0.5, 1],
    [Number.NaN, 1],
    [0, -1],
    [0, 2 ** 40],
  ])('refuses the part at %d of %d bytes', (offset, length) => {
    const [readFd, writeFd] = newPipe();
    const buffer = Buffer.alloc(10);
    expect(() => tryRead(readFd, buffer, offset, length)).toThrow(/Expected (?:offset|length)/);
    expect(() => tryWrite(writeFd, buffer, offset, length)).toThrow(/Expected (?:offset|length)/);
  });
});

describe('descriptors', () => {
  it('tell what they are open on', () => {
    const [readFd] = newPipe();
    const [one] = socketpair().map(keep);
    const file = openSync(fileURLToPath(import.meta.url), 'r');
    const folder = openSync('/', 'r');
    const device = openSync('/dev/null', 'r');
    const kinds = [readFd, one!.fileno(), file, folder, device].map(descriptorKind);
    for (const fd of [file, folder, device]) closeSync(fd);
    expect(kinds).toEqual(['pipe', 'socket', 'file', 'directory', 'character']);
  });

  it('that are not open are on nothing', () => {
    expect(() => descriptorKind(1e9)).toThrow(
      expect.objectContaining({ name: 'OSError', code: 'EBADF', syscall: 'fstat' }),
    );
  });

  it('are closed on exec, duplicates too', () => {
    const [one] = socketpair().map(keep);
    const fds = [...newPipe(), one!.fileno(), duplicate(one!.fileno())];
    fds.push(keep(new TimerDescriptor()).fileno(), keep(new EventDescriptor()).fileno());
    const flags = fds.map((fd) => {
      const text = readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8');
      return Number.parseInt(/flags:\s*(\d+)/.exec(text)![1]!, 8) & 0o2000000;
    });
    closeDescriptor(fds[3]!);
    expect(flags).toEqual(fds.map(() => 0o2000000));
  });
});

describe('pinned memory', () => {
  it('receives at an offset, and only inside itself', () => {
    const [one, other] = socketpair().map(keep) as [Socket, Socket];
    const memory = new PinnedBuffer(8);
    one.send(Buffer.from('abcdef'));
    const fd = other.fileno();
    expect(tryRecvPinned(fd, memory, 2, 4, 0)).toBe(4);
    expect(memory.bytes.toString('latin1', 2, 6)).toBe('abcd');
    for (const [offset, length] of [
      [-1, 1],
      [0, 9],
      [8, 1],
      [Number.NaN, 1],
      [0, Number.NaN],
    ] as const) {
      expect(tryRecvPinned(fd, memory, offset, length, 0)).toBe(-22);
    }
    detach(memory.bytes);
    expect(tryRecvPinned(fd, memory, 0, 1, 0)).toBe(-22);
  });
});

describe('writev', () => {
  it('writes buffers in order, the first from an offset', () => {
    const [readFd, writeFd] = newPipe();
    const buffers = [
      Buffer.from('xxab'),
      new Uint8Array(0),
      new Uint8Array([99, 100]),
      Buffer.from('ef'),
    ];
    expect(tryWritev(writeFd, buffers, 2)).toBe(6);
    const found = Buffer.alloc(10);
    expect(readSync(readFd, found)).toBe(6);
    expect(found.toString('latin1', 0, 6)).toBe('abcdef');
    expect(tryWritev(writeFd, [])).toBe(0);
  });

  it('takes what one call takes of very many, and as much as fits', () => {
    const [one] = socketpair().map(keep);
    const many = Array.from({ length: 5000 }, () => Buffer.from('x'));
    expect(tryWritev(one!.fileno(), many)).toBe(64);
    const large = [Buffer.alloc(1 << 20), Buffer.alloc(1 << 20)];
    expect(tryWritev(one!.fileno(), large)).toBeLessThan(1 << 20);
    expect(tryWritev(one!.fileno(), large)).toBe(-EAGAIN);
  });

  it('refuses what is no bytes, and an offset beyond the first', () => {
    const [, writeFd] = newPipe();
    expect(() => tryWritev(writeFd, ['x'] as never)).toThrow('buffers to be a Uint8Array');
    expect(() => tryWritev(writeFd, [Buffer.from('x')], 2)).toThrow(ValueError);
    const gone = new Uint8Array(8);
    detach(gone);
    expect(() => tryWritev(writeFd, [gone])).toThrow('detached');
  });
});

describe('sendfile', () => {
  const path = fileURLToPath(import.meta.url);

  it('moves a file from an offset, leaving its position alone, or from its position', () => {
    const [one, other] = socketpair().map(keep) as [Socket, Socket];
    const file = openSync(path, 'r');
    keep({ close: () => closeSync(file) });
    const text = readFileSync(path);
    expect(trySendfile(one.fileno(), file, 10, 20)).toBe(20);
    expect(other.recv(100)).toEqual(text.subarray(10, 30));
    expect(trySendfile(one.fileno(), file, null, 5)).toBe(5);
    expect(trySendfile(one.fileno(), file, null, 5)).toBe(5);
    expect(other.recv(100)).toEqual(text.subarray(0, 10));
    expect(trySendfile(one.fileno(), file, text.length, 5)).toBe(0);
    expect(trySendfile(one.fileno(), 999_999, 0, 5)).toBe(-EBADF);
    expect(trySeek(file, 7)).toBe(7);
    expect(trySendfile(one.fileno(), file, null, 5)).toBe(5);
    expect(other.recv(100)).toEqual(text.subarray(7, 12));
    expect(trySeek(one.fileno(), 7)).toBeLessThan(0);
    expect(() => trySeek(file, -1)).toThrow('offset');
    expect(() => trySendfile(one.fileno(), file, -1, 5)).toThrow('offset');
    expect(() => trySendfile(one.fileno(), file, 0, 1.5)).toThrow('count');
  });
});

describe('a timer descriptor', () => {
  it('becomes ready when due, by either clock, and is cleared by a new time', () => {
    const timer = keep(new TimerDescriptor());
    const buffer = Buffer.alloc(8);
    const isReady = (): boolean => tryRead(timer.fileno(), buffer, 0, 8) === 8;
    expect(isReady()).toBe(false);
    timer.armAfter(0.0002);
    poll(timer, 'read');
    timer.armAfter(3600);
    expect(isReady()).toBe(false);
    const [seconds, nanoseconds] = process.hrtime();
    const due = seconds + nanoseconds / 1e9 + 0.002;
    timer.armAt(due);
    poll(timer, 'read');
    const [after, rest] = process.hrtime();
    expect(after + rest / 1e9).toBeGreaterThanOrEqual(due - 1e-6);
    timer.disarm();
    expect(isReady()).toBe(false);
  });

  it.each([0, -5, Number.NEGATIVE_INFINITY])('is due at once for %d', (when) => {
    const timer = keep(new TimerDescriptor());
    timer.armAt(when);
    poll(timer, 'read');
    timer.disarm();
    timer.armAfter(when);
    poll(timer, 'read');
    expect(timer.fileno()).toBeGreaterThan(0);
  });

  it('takes a time without end, and refuses what is no time', () => {
    const timer = keep(new TimerDescriptor());
    timer.armAfter(Number.POSITIVE_INFINITY);
    expect(() => timer.armAt(Number.NaN)).toThrow(TypeError);
    expect(() => timer.armAfter('1' as never)).toThrow('delay to be a number, got "1"');
    timer.close();
    timer.close();
    expect(timer.fileno()).toBe(-1);
    expect(() => timer.armAfter(1)).toThrow(expect.objectContaining({ code: 'EBADF' }));
  });
});

describe('an event descriptor', () => {
  it('is ready while signalled', () => {
    const event = keep(new EventDescriptor());
    expect(event.drain()).toBe(false);
    event.signal();
    event.signal();
    poll(event, 'read');
    expect(event.drain()).toBe(true);
    expect(event.drain()).toBe(false);
    signalEvent(event.fileno());
    expect(event.drain()).toBe(true);
    event.close();
    expect(() => event.signal()).toThrow(expect.objectContaining({ code: 'EBADF' }));
  });

  it('is signalled by another thread', async () => {
    const event = keep(new EventDescriptor());
    const source = `require('node:fs').writeSync(${event.fileno()}, new Uint8Array([1,0,0,0,0,0,0,0]))`;
    const worker = new Worker(source, { eval: true });
    poll(event, 'read');
    expect(event.drain()).toBe(true);
    await worker.terminate();
  });
});

describe('batches of datagrams', () => {
  function boundSocket(family = AF_INET, host = '127.0.0.1'): Socket {
    const socket = keep(new Socket(family, SOCK_DGRAM));
    socket.bind([host, 0]);
    return socket;
  }

  it.each([
    ['IPv4', AF_INET, '127.0.0.1'],
    ['IPv6', AF_INET6, '::1'],
  ])('go and come in order with their addresses over %s', (_, family, host) => {
    const [receiver, sender] = [boundSocket(family, host), boundSocket(family, host)];
    const to = receiver.getsockname();
    const outgoing = new SendBatch(8);
    for (let index = 0; index < 8; index += 1) {
      expect(outgoing.add(Buffer.from(`datagram ${index}`), family, to)).toBe(true);
    }
    expect(outgoing.add(Buffer.from('too many'), family, to)).toBe(false);
    expect(outgoing.size).toBe(8);
    expect(outgoing.send(sender.fileno())).toBe(8);
    expect(outgoing.size).toBe(0);
    expect(outgoing.send(sender.fileno())).toBe(0);

    const incoming = new ReceiveBatch(5, 9);
    expect(incoming.receive(receiver.fileno())).toBe(5);
    expect([0, 4].map((index) => incoming.data(index).toString())).toEqual([
      'datagram ',
      'datagram ',
    ]);
    expect(incoming.address(4)).toEqual(sender.getsockname());
    const roomy = new ReceiveBatch();
    expect(roomy.receive(receiver.fileno())).toBe(3);
    expect([0, 1, 2].map((index) => roomy.data(index).toString())).toEqual([
      'datagram 5',
      'datagram 6',
      'datagram 7',
    ]);
    expect(roomy.receive(receiver.fileno())).toBe(-EAGAIN);
    expect(() => roomy.data(0)).toThrow('index to be below 0, got 0');
  });

  it('come from sockets without a name, and with names of several lengths', () => {
    const receiver = keep(new Socket(AF_UNIX, SOCK_DGRAM));
    receiver.bind('');
    const incoming = new ReceiveBatch(4);
    for (const name of ['', `\0posix-${process.pid}-a-name-that-is-longer`, '']) {
      const sender = keep(new Socket(AF_UNIX, SOCK_DGRAM));
      if (name !== '') sender.bind(name);
      sender.sendto(Buffer.from('x'), receiver.getsockname() as string);
      expect(incoming.receive(receiver.fileno())).toBe(1);
      expect(incoming.address(0)).toBe(name);
    }
  });

  it('go to a connected peer without an address', () => {
    const [one, other] = socketpair(AF_UNIX, SOCK_DGRAM).map(keep) as [Socket, Socket];
    const outgoing = new SendBatch();
    outgoing.add(Buffer.from('first'), AF_UNIX, null);
    outgoing.add(new Uint8Array(0), AF_UNIX, null);
    expect(outgoing.send(one.fileno())).toBe(2);
    expect(other.recv(10).toString()).toBe('first');
    expect(other.recv(10)).toHaveLength(0);
  });

  it('keep what could not be sent until it is dropped', () => {
    const sender = keep(new Socket(AF_UNIX, SOCK_DGRAM));
    const outgoing = new SendBatch(2);
    outgoing.add(Buffer.from('lost'), AF_UNIX, `\0posix-${process.pid}-nobody`);
    expect(outgoing.send(sender.fileno())).toBe(-ECONNREFUSED);
    expect(outgoing.size).toBe(1);
    outgoing.drop();
    outgoing.drop();
    expect(outgoing.size).toBe(0);
    expect(() => outgoing.add('x' as never, AF_INET, ['127.0.0.1', 1])).toThrow(TypeError);
    expect(() => outgoing.add(Buffer.from('x'), AF_INET, ['somewhere', 1])).toThrow(ValueError);
    expect(outgoing.size).toBe(0);
  });

  it('send nothing of memory that was transferred meanwhile', () => {
    const [one, other] = socketpair(AF_UNIX, SOCK_DGRAM).map(keep) as [Socket, Socket];
    const outgoing = new SendBatch();
    const data = new Uint8Array(100_000);
    outgoing.add(data, AF_UNIX, null);
    detach(data);
    expect(outgoing.send(one.fileno())).toBe(1);
    expect(other.recv(10)).toHaveLength(0);
  });

  it.each([0, -1, 1.5, 1025, '8'])('refuse the capacity %j', (capacity) => {
    expect(() => new SendBatch(capacity as number)).toThrow('Expected capacity');
    expect(() => new ReceiveBatch(capacity as number)).toThrow('Expected capacity');
  });
});

it('leaves no descriptor behind', () => {
  const before = openDescriptors();
  for (let round = 0; round < 100; round += 1) {
    pipe().forEach(closeDescriptor);
    using timer = new TimerDescriptor();
    using event = new EventDescriptor();
    timer.armAfter(1);
    event.signal();
  }
  expect(openDescriptors()).toEqual(before);
});
