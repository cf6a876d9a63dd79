import { closeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mkdtempSync, rmSync } from 'node:fs';
import { ValueError } from '@loop/core/errors';
import { afterEach, describe, expect, it, onTestFinished } from 'vitest';
import { openDescriptors } from '../../test/descriptor-count.ts';
import {
  AF_INET,
  AF_INET6,
  AF_UNIX,
  IPPROTO_TCP,
  MSG_PEEK,
  MSG_TRUNC,
  SHUT_WR,
  SO_ERROR,
  SO_PEERCRED,
  SO_RCVBUF,
  SO_REUSEADDR,
  SOCK_DGRAM,
  SOCK_STREAM,
  SOL_SOCKET,
  TCP_NODELAY,
} from '../constants/constants.ts';
import { OSError } from '../os-error.ts';
import { poll } from '../../test/poll.ts';
import { pipe } from '../pipe.ts';
import { Socket } from './socket.ts';
import { socketpair } from './socketpair.ts';
import '../../test/needs-ffi.ts';

type ErrorClass = new (message: string) => Error;

const opened: Socket[] = [];
function keep<T extends Socket>(socket: T): T {
  opened.push(socket);
  return socket;
}
afterEach(() => {
  for (const socket of opened.splice(0)) socket.close();
});

function pair(family?: number, type?: number): [Socket, Socket] {
  const [one, other] = socketpair(family, type);
  return [keep(one), keep(other)];
}

function listener(family = AF_INET, host = '127.0.0.1'): Socket {
  const socket = keep(new Socket(family, SOCK_STREAM));
  socket.bind([host, 0]);
  socket.listen();
  return socket;
}

function codeOf(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    if (error instanceof OSError) return error.code;
    throw error;
  }
  return 'no error';
}

describe('a pair of sockets', () => {
  it('carries bytes both ways and tells the end', () => {
    const [one, other] = pair();
    expect(one.send(Buffer.from('there'))).toBe(5);
    expect(other.recv(100)).toEqual(Buffer.from('there'));
    other.send(new Uint8Array([1, 2]));
    const into = new Uint8Array(4);
    expect(one.recvInto(into)).toBe(2);
    expect([...into]).toEqual([1, 2, 0, 0]);
    one.shutdown(SHUT_WR);
    expect(other.recv(10)).toHaveLength(0);
    expect(other.recvInto(into)).toBe(0);
  });

  it('does not block: EAGAIN when nothing is there, and when the buffer is full', () => {
    const [one] = pair();
    expect(codeOf(() => one.recv(10))).toBe('EAGAIN');
    const data = Buffer.alloc(65536);
    expect(
      codeOf(() => {
        for (;;) one.send(data);
      }),
    ).toBe('EAGAIN');
  });

  it('gives bytes that are safe to keep, however large the reads are', () => {
    const [one, other] = pair();
    const kept: Buffer[] = [];
    for (let index = 0; index < 300; index += 1) {
      const size = [1, 511, 512, 4000, 65536, 100_000][index % 6]!;
      one.send(Buffer.alloc(Math.min(size, 8192), index));
      kept.push(other.recv(size));
      while (codeOf(() => other.recv(65536)) === 'no error');
    }
    kept.forEach((bytes, index) => {
      expect(bytes.every((byte) => byte === index % 256)).toBe(true);
    });
  });

  it('peeks, and reports the length of a truncated datagram without overrunning the buffer', () => {
    const [one, other] = pair(AF_UNIX, SOCK_DGRAM);
    one.send(Buffer.from('datagram'));
    expect(other.recv(4, MSG_PEEK).toString()).toBe('data');
    expect(other.recv(4, MSG_TRUNC).toString()).toBe('data');
    one.send(Buffer.from('again'));
    const into = Buffer.alloc(2);
    expect(other.recvInto(into, 0, MSG_TRUNC)).toBe(5);
  });

  it('duplicates: either descriptor may be closed alone', () => {
    const [one, other] = pair();
    const copy = keep(one.dup());
    one.close();
    copy.send(Buffer.from('x'));
    expect(other.recv(1).toString()).toBe('x');
    expect([copy.family, copy.type, copy.proto]).toEqual([AF_UNIX, SOCK_STREAM, 0]);
  });

  it('switches blocking, which the descriptor itself knows', () => {
    const [one] = pair();
    expect(one.getblocking()).toBe(false);
    one.setblocking(true);
    expect(one.getblocking()).toBe(true);
    expect(() => one.setblocking(1 as never)).toThrow(TypeError);
  });
});

describe('a TCP connection', () => {
  it.each([
    ['IPv4', AF_INET, '127.0.0.1', 2],
    ['IPv6', AF_INET6, '::1', 4],
  ])('connects, accepts and names both ends over %s', (_, family, host, length) => {
    const server = listener(family, host);
    const address = server.getsockname();
    const client = keep(new Socket(family));
    expect(codeOf(() => client.connect(address))).toBe('EINPROGRESS');
    poll(server, 'read');
    const [accepted, peer] = server.accept();
    keep(accepted);
    expect(client.getsockopt(SOL_SOCKET, SO_ERROR)).toBe(0);
    expect(peer).toEqual(client.getsockname());
    expect(peer).toHaveLength(length);
    expect(accepted.getpeername()).toEqual(peer);
    expect(client.getpeername()).toEqual(address);
    expect(accepted.getblocking()).toBe(false);
    client.send(Buffer.from('ping'));
    poll(accepted, 'read');
    expect(accepted.recv(10).toString()).toBe('ping');
  });

  it('reports a refused connect with its address', () => {
    const server = listener();
    const address = server.getsockname() as [string, number];
    server.close();
    const client = keep(new Socket());
    expect(codeOf(() => client.connect(address))).toBe('EINPROGRESS');
    poll(client, 'write');
    expect(client.getsockopt(SOL_SOCKET, SO_ERROR)).toBe(111);
    const blocking = keep(new Socket());
    blocking.setblocking(true);
    expect(() => blocking.connect(address)).toThrow(
      expect.objectContaining({
        name: 'OSError',
        code: 'ECONNREFUSED',
        errno: -111,
        syscall: 'connect',
        address: '127.0.0.1',
        port: address[1],
        message: `ECONNREFUSED: connection refused, connect 127.0.0.1:${address[1]}`,
      }),
    );
  });

  it('reads and writes options, as numbers and as structs', () => {
    const socket = keep(new Socket());
    socket.setsockopt(IPPROTO_TCP, TCP_NODELAY, 1);
    expect(socket.getsockopt(IPPROTO_TCP, TCP_NODELAY)).toBe(1);
    socket.setsockopt(SOL_SOCKET, SO_RCVBUF, Buffer.from(Int32Array.of(8192).buffer));
    expect(socket.getsockopt(SOL_SOCKET, SO_RCVBUF, 4).readInt32LE()).toBeGreaterThanOrEqual(8192);
    const [one] = pair();
    expect(one.getsockopt(SOL_SOCKET, SO_PEERCRED, 12).readInt32LE()).toBe(process.pid);
  });
});

describe('datagrams', () => {
  it('come with their sender, cut off at the size asked for', () => {
    const [receiver, sender] = [
      keep(new Socket(AF_INET, SOCK_DGRAM)),
      keep(new Socket(AF_INET, SOCK_DGRAM)),
    ];
    receiver.bind(['127.0.0.1', 0]);
    sender.bind(['', 0]);
    const to = receiver.getsockname();
    const from = ['127.0.0.1', (sender.getsockname() as [string, number])[1]];
    expect(sender.sendto(Buffer.from('one'), to)).toBe(3);
    expect(sender.sendto(Buffer.from('second'), 0, to)).toBe(6);
    expect(receiver.recvfrom(10)).toEqual([Buffer.from('one'), from]);
    const into = Buffer.alloc(6);
    expect(receiver.recvfromInto(into, 3)).toEqual([3, from]);
    expect(into.toString()).toBe('sec\0\0\0');
  });
});

describe('Unix addresses', () => {
  it('are paths, abstract names, bytes, or nothing', () => {
    const folder = mkdtempSync(join(tmpdir(), 'posix-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const odd = Buffer.concat([Buffer.from(`${folder}/`), Buffer.from([0xff, 0xfe])]);
    for (const path of [
      join(folder, 'sock'),
      `\0loop-test-${process.pid}`,
      odd,
      join(folder, 'ü'),
    ]) {
      const socket = keep(new Socket(AF_UNIX));
      expect(socket.getsockname()).toBe('');
      socket.bind(path);
      expect(socket.getsockname()).toEqual(path);
    }
    const chosen = keep(new Socket(AF_UNIX));
    chosen.bind('');
    expect(chosen.getsockname()).toMatch(/^\0[0-9a-f]{5}$/);
  });

  it('of the longest and too great a length', () => {
    const socket = keep(new Socket(AF_UNIX));
    socket.bind(`\0${'x'.repeat(107)}`);
    expect(socket.getsockname()).toHaveLength(108);
    const other = keep(new Socket(AF_UNIX));
    expect(codeOf(() => other.bind('x'.repeat(108)))).toBe('ENAMETOOLONG');
    expect(() => other.bind('a\0b')).toThrow(ValueError);
  });
});

describe('taking over a descriptor', () => {
  it('finds out what it is, makes it non-blocking and owns it', () => {
    const server = listener(AF_INET6, '::1');
    const fd = server.detach();
    expect(server.fileno()).toBe(-1);
    const taken = keep(new Socket(undefined, undefined, undefined, fd));
    expect([taken.family, taken.type, taken.proto]).toEqual([AF_INET6, SOCK_STREAM, IPPROTO_TCP]);
    expect(taken.fileno()).toBe(fd);
    const explicit = new Socket(AF_INET6, SOCK_STREAM, 0, { fd: taken.detach() });
    expect([explicit.family, explicit.proto]).toEqual([AF_INET6, 0]);
    explicit.close();
  });

  it('leaves what is no socket to the caller', () => {
    const fds = pipe();
    expect(codeOf(() => new Socket(-1, -1, -1, fds[0]))).toBe('ENOTSOCK');
    fds.forEach((fd) => closeSync(fd));
    expect(codeOf(() => new Socket(-1, -1, -1, 999_999))).toBe('EBADF');
    expect(() => new Socket(-1, -1, -1, 'x' as never)).toThrow(ValueError);
    expect(() => new Socket(-1, -1, -1, -1)).toThrow('Invalid file descriptor: -1');
  });

  it('of another Socket is refused: two owners would close it twice', () => {
    const [one] = pair();
    expect(() => new Socket(-1, -1, -1, one)).toThrow('detach()');
  });
});

describe('misuse', () => {
  it('of a closed socket is EBADF everywhere, and closing again is nothing', () => {
    const socket = new Socket();
    socket.close();
    socket.close();
    expect(socket.fileno()).toBe(-1);
    expect(socket.detach()).toBe(-1);
    const data = Buffer.alloc(1);
    const calls: (() => unknown)[] = [
      () => socket.bind(['127.0.0.1', 0]),
      () => socket.listen(),
      () => socket.accept(),
      () => socket.connect(['127.0.0.1', 1]),
      () => socket.recv(1),
      () => socket.recvInto(data),
      () => socket.recvfrom(1),
      () => socket.recvfromInto(data),
      () => socket.send(data),
      () => socket.sendto(data, ['127.0.0.1', 1]),
      () => socket.shutdown(SHUT_WR),
      () => socket.getsockname(),
      () => socket.getpeername(),
      () => socket.getsockopt(SOL_SOCKET, SO_ERROR),
      () => socket.setsockopt(SOL_SOCKET, SO_REUSEADDR, 1),
      () => socket.setblocking(true),
      () => socket.getblocking(),
      () => socket.dup(),
    ];
    expect(calls.map(codeOf)).toEqual(calls.map(() => 'EBADF'));
  });

  it('by a descriptor closed behind its back is an error of the system', () => {
    const socket = new Socket();
    closeSync(socket.fileno());
    expect(codeOf(() => socket.recv(1))).toBe('EBADF');
    expect(codeOf(() => socket.close())).toBe('EBADF');
    expect(socket.fileno()).toBe(-1);
  });

  it.each<[string, (socket: Socket) => unknown, ErrorClass, string]>([
    [
      'a string as data',
      (s) => s.send('x' as never),
      TypeError,
      'data to be a Uint8Array or Buffer, got "x"',
    ],
    ['an array as data', (s) => s.send([1] as never), TypeError, 'got [ 1 ]'],
    [
      'another view as buffer',
      (s) => s.recvInto(new DataView(new ArrayBuffer(1)) as never),
      TypeError,
      'DataView',
    ],
    ['a detached buffer', (s) => s.recvInto(detached()), TypeError, 'detached'],
    ['detached data', (s) => s.send(detached()), TypeError, 'detached'],
    [
      'a negative size',
      (s) => s.recv(-1),
      ValueError,
      'bufsize to be an integer from 0 to 2147479552, got -1',
    ],
    ['a huge size', (s) => s.recv(2 ** 40), ValueError, 'got 1099511627776'],
    ['a fraction', (s) => s.recv(1.5), TypeError, 'bufsize to be an integer, got 1.5'],
    ['a size in words', (s) => s.recv('10' as never), TypeError, 'got "10"'],
    [
      'more than the buffer holds',
      (s) => s.recvInto(Buffer.alloc(3), 4),
      ValueError,
      'nbytes is greater than',
    ],
    ['flags that are none', (s) => s.recv(1, 'PEEK' as never), TypeError, 'flags'],
    ['an address without port', (s) => s.bind(['127.0.0.1'] as never), TypeError, '[host, port]'],
    [
      'a port out of range',
      (s) => s.bind(['127.0.0.1', 65536]),
      ValueError,
      'port to be an integer from 0 to 65535, got 65536',
    ],
    ['a path for an IPv4 socket', (s) => s.connect('/tmp/x'), TypeError, 'got "/tmp/x"'],
    [
      'a name for a host',
      (s) => s.connect(['localhost', 80]),
      ValueError,
      'getaddrinfo() resolves names',
    ],
    ['IPv6 on an IPv4 socket', (s) => s.connect(['::1', 80]), ValueError, 'numeric IPv4'],
    ['a direction that is none', (s) => s.shutdown(3), ValueError, 'how'],
    ['a text as option value', (s) => s.setsockopt(1, 2, '1' as never), TypeError, 'got "1"'],
    [
      'an option value without end',
      (s) => s.setsockopt(1, 2, Buffer.alloc(2000)),
      ValueError,
      '2000',
    ],
    ['an option length of 0', (s) => s.getsockopt(1, 2, 0), ValueError, 'length'],
    ['a missing constant', (s) => s.getsockopt(1, -1), ValueError, 'option'],
    [
      'a backlog in words',
      (s) => s.listen('many' as never),
      TypeError,
      'backlog to be an integer, got "many"',
    ],
  ])('%s is refused before anything is done', (_, call, type, text) => {
    const socket = keep(new Socket());
    expect(() => call(socket)).toThrow(type);
    expect(() => call(socket)).toThrow(text);
  });

  it.each<[string, () => unknown, ErrorClass]>([
    ['family', () => new Socket('inet' as never), TypeError],
    ['type', () => new Socket(AF_INET, 1.5), TypeError],
    ['proto', () => new Socket(AF_INET, SOCK_STREAM, -7), ValueError],
    ['the family of a pair', () => socketpair(2 ** 40), ValueError],
  ])('a wrong %s opens nothing', (_, call, type) => {
    const before = openDescriptors();
    expect(call).toThrow(type);
    expect(openDescriptors()).toEqual(before);
  });

  it('an unknown family is an error of the system', () => {
    expect(codeOf(() => new Socket(9999))).toBe('EAFNOSUPPORT');
    expect(codeOf(() => socketpair(AF_INET))).toBe('ENOTSUP');
  });
});

it('leaves no descriptor behind', () => {
  const before = openDescriptors();
  for (let round = 0; round < 50; round += 1) {
    const [one, other] = socketpair();
    using copy = one.dup();
    expect(copy.fileno()).toBeGreaterThan(0);
    one.close();
    other.close();
    const server = listener();
    const client = new Socket();
    codeOf(() => client.connect(server.getsockname()));
    poll(server, 'read');
    server.accept()[0].close();
    client.close();
    server.close();
  }
  expect(openDescriptors()).toEqual(before);
});

function detached(): Uint8Array {
  const bytes = new Uint8Array(8);
  structuredClone(bytes.buffer, { transfer: [bytes.buffer] });
  return bytes;
}
