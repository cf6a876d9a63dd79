import { ftruncateSync, openSync, closeSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { CancelledError, RuntimeError, sleep, ValueError } from '@loop/core';
import {
  SendfileNotAvailableError,
  type Socket,
  SO_LINGER,
  socketpair,
  SOL_SOCKET,
} from '@loop/net';
import { pipe } from '@loop/posix';
import { describe, expect, it } from 'vitest';
import { backends, selectorLoops } from '../../test/backends.ts';
import { DatagramRecorder } from '../../test/datagram-recorder.ts';
import { errorOf } from '../../test/error-of.ts';
import { inLoop, portOf } from '../../test/in-loop.ts';
import { Recorder } from '../../test/recorder.ts';
import { LARGE, receive, SampleFile, sendfileEnds } from '../../test/sendfile-ends.ts';
import {
  certificates,
  clientContext,
  inTlsLoop,
  serverContext,
  tlsLoops,
} from '../../test/tls-loops.ts';
import type { ReadableFile } from './sendfile-arguments.ts';

const authority = certificates();
const bytes = (text: string): Buffer => Buffer.from(text);

/** The file without its descriptor: what only can be read. */
async function withoutDescriptor(path: string): Promise<ReadableFile & AsyncDisposable> {
  const handle = await open(path);
  return {
    read: (...args) => handle.read(...args),
    [Symbol.asyncDispose]: () => handle.close(),
  };
}

/** Closes `peer` so that the other side is told of a reset. */
function reset(peer: Socket): void {
  peer.setsockopt(SOL_SOCKET, SO_LINGER, Buffer.from(Int32Array.of(1, 0).buffer));
  peer.close();
}

describe.each(backends)('sendfile with %s', (_, makeLoop, backend) => {
  it.each([
    [0, null, 200_000, 200_000],
    [1000, 100, 100, 1100],
    [1000, null, 199_000, 200_000],
    [150_000, 300_000, 50_000, 200_000],
    [200_000, null, 0, 0],
    [300_000, 5, 0, 0],
  ])(
    'SENDFILE-001 SENDFILE-003 SENDFILE-004 SENDFILE-005 from %d sends %j bytes: %d, and leaves the position at %d',
    (offset, count, sent, position) =>
      inLoop(makeLoop, async (loop) => {
        using file = new SampleFile(200_000);
        await using ends = await sendfileEnds(loop);
        const { transport, receive } = ends;
        const sending = loop.sendfile(transport, file.fd, offset, count);
        const received = await receive(sent);
        expect(received.equals(file.bytes.subarray(offset, offset + sent))).toBe(true);
        expect(await sending).toBe(sent);
        expect(file.position()).toBe(position);
        transport.close();
        expect((await receive()).length).toBe(0);
      }),
  );

  it('SENDFILE-005 resolves to 0 for an empty file', () =>
    inLoop(makeLoop, async (loop) => {
      using file = new SampleFile(0);
      await using ends = await sendfileEnds(loop);
      expect(await loop.sendfile(ends.transport, file.fd)).toBe(0);
      expect(await loop.sendfile(ends.transport, file.fd, 0, 5)).toBe(0);
    }));

  it('SENDFILE-001 SENDFILE-006 sends a large FileHandle, whatever its position', () =>
    inLoop(makeLoop, async (loop) => {
      using file = new SampleFile(LARGE);
      await using handle = await open(file.path);
      await handle.read(Buffer.alloc(1000), 0, 1000, null);
      await using ends = await sendfileEnds(loop);
      const sending = loop.sendfile(ends.transport, handle);
      const received = await ends.receive(LARGE);
      expect(received.equals(file.bytes)).toBe(true);
      expect(await sending).toBe(LARGE);
      expect((await handle.read(Buffer.alloc(1), 0, 1, null)).bytesRead).toBe(0);
    }));

  it.each([
    [0, 2.5, TypeError, 'count must be a positive integer (got 2.5)'],
    [0, '4', TypeError, 'count must be a positive integer (got "4")'],
    [0, 0, ValueError, 'count must be a positive integer (got 0)'],
    [0, -1, ValueError, 'count must be a positive integer (got -1)'],
    [1.5, null, TypeError, 'offset must be a non-negative integer (got 1.5)'],
    ['0', null, TypeError, 'offset must be a non-negative integer (got "0")'],
    [-1, null, ValueError, 'offset must be a non-negative integer (got -1)'],
  ])('SENDFILE-007 refuses offset %j with count %j', (offset, count, kind, message) =>
    inLoop(makeLoop, async (loop) => {
      using file = new SampleFile(10);
      await using ends = await sendfileEnds(loop);
      const error = await errorOf(
        loop.sendfile(ends.transport, file.fd, offset as number, count as number),
      );
      expect(error).toBeInstanceOf(kind);
      expect(error.message).toBe(message);
    }),
  );

  it.each([
    ['a path', '"README.md"', TypeError],
    [-1, '-1', ValueError],
    [1.5, '1.5', ValueError],
    [null, 'null', TypeError],
  ])('SENDFILE-002 refuses %j as a file', (file, text, kind) =>
    inLoop(makeLoop, async (loop) => {
      await using ends = await sendfileEnds(loop);
      const given = file === 'a path' ? 'README.md' : file;
      const error = await errorOf(loop.sendfile(ends.transport, given as never));
      expect(error).toBeInstanceOf(kind);
      expect(error.message).toMatch(new RegExp(`^Expected file to be .*, got ${text}$`));
    }),
  );

  it('refuses what is no transport, and options that it does not know', () =>
    inLoop(makeLoop, async (loop) => {
      using file = new SampleFile(10);
      await using ends = await sendfileEnds(loop);
      const messages = [];
      for (const [transport, options] of [
        [ends.peer, {}],
        [ends.transport, { fallback: 1 }],
        [ends.transport, { fall: true }],
      ]) {
        const sending = loop.sendfile(transport as never, file.fd, 0, null, options as never);
        messages.push((await errorOf(sending)).message);
      }
      expect(messages).toEqual([
        expect.stringMatching(/^Expected transport to be a Transport, got /),
        'Expected fallback to be a boolean, got 1',
        'sendfile() has no option "fall"; it takes fallback',
      ]);
    }));

  it('SENDFILE-008 SENDFILE-004 reads and sends piecewise what has no descriptor', () =>
    inLoop(makeLoop, async (loop) => {
      using sample = new SampleFile(LARGE);
      await using file = await withoutDescriptor(sample.path);
      await using ends = await sendfileEnds(loop);
      const sending = loop.sendfile(ends.transport, file, 100, LARGE - 200);
      const received = await ends.receive(LARGE - 200);
      expect(received.equals(sample.bytes.subarray(100, -100))).toBe(true);
      expect(await sending).toBe(LARGE - 200);
    }));

  it('SENDFILE-009 SENDFILE-010 sends nothing where the system cannot and it may not fall back', () =>
    inLoop(makeLoop, async (loop) => {
      using sample = new SampleFile(1000);
      await using file = await withoutDescriptor(sample.path);
      await using ends = await sendfileEnds(loop);
      const error = await errorOf(
        loop.sendfile(ends.transport, file, 0, null, { fallback: false }),
      );
      expect(error).toBeInstanceOf(SendfileNotAvailableError);
      expect(error).toBeInstanceOf(RuntimeError);
      expect(error).toMatchObject({
        name: 'SendfileNotAvailableError',
        message: backend === 'selector' ? 'not a regular file' : 'os.sendfile() is not available',
      });
      ends.transport.write(bytes('only this'));
      ends.transport.close();
      expect((await ends.receive()).toString()).toBe('only this');
    }));

  it('SENDFILE-011 SENDFILE-004 SENDFILE-019 fails with the error of a connection that is reset', () =>
    inLoop(makeLoop, async (loop) => {
      using file = new SampleFile(LARGE);
      await using ends = await sendfileEnds(loop);
      const sending = loop.sendfile(ends.transport, file.fd);
      await ends.receive(1000);
      reset(ends.peer);
      const error = await errorOf(sending);
      expect(['ECONNRESET', 'EPIPE', 'ECONNABORTED']).toContain(error.code);
      expect(file.position()).toBeGreaterThanOrEqual(1000);
      ends.transport.close();
      await ends.protocol.lost;
      expect(ends.protocol.trace.filter((line) => line.startsWith('lost'))).toHaveLength(1);
    }));

  it('SENDFILE-013 refuses datagrams and pipes', () =>
    inLoop(makeLoop, async (loop) => {
      using file = new SampleFile(10);
      const [readEnd, writeEnd] = pipe();
      const [pipeTransport] = await loop.connectWritePipe(() => new Recorder(), writeEnd);
      const [datagrams] = await loop.createDatagramEndpoint(() => new DatagramRecorder(), {
        localAddr: ['127.0.0.1', 0],
      });
      for (const transport of [pipeTransport, datagrams]) {
        const error = await errorOf(loop.sendfile(transport as never, file.fd));
        expect(error).toBeInstanceOf(RuntimeError);
        expect(error.message).toMatch(/^sendfile is not supported for transport </);
        transport.close();
      }
      await sleep(0);
      closeSync(readEnd);
    }));

  it('SENDFILE-014 refuses a closing transport, and one whose writing side is closed', () =>
    inLoop(makeLoop, async (loop) => {
      using file = new SampleFile(10);
      await using ends = await sendfileEnds(loop);
      ends.transport.writeEof();
      const ended = await errorOf(loop.sendfile(ends.transport, file.fd));
      expect(ended.message).toBe('Cannot call sendfile() after write_eof()');
      ends.transport.close();
      const closing = await errorOf(loop.sendfile(ends.transport, file.fd));
      expect(closing).toBeInstanceOf(RuntimeError);
      expect(closing.message).toBe('Transport is closing');
    }));

  it('SENDFILE-015 keeps the order of what is written before and after', () =>
    inLoop(makeLoop, async (loop) => {
      using file = new SampleFile(100_000);
      await using ends = await sendfileEnds(loop);
      const { transport, receive } = ends;
      const before = Buffer.alloc(LARGE, 'before');
      transport.write(before);
      expect(transport.getWriteBufferSize()).toBeGreaterThan(0);
      const sending = loop.sendfile(transport, file.fd);
      const received = receive();
      expect(await sending).toBe(100_000);
      transport.write(bytes('after'));
      transport.close();
      expect((await received).equals(Buffer.concat([before, file.bytes, bytes('after')]))).toBe(
        true,
      );
    }));

  it('SENDFILE-016 SENDFILE-017 refuses other writes and a second sendfile meanwhile', () =>
    inLoop(makeLoop, async (loop) => {
      using file = new SampleFile(LARGE);
      await using ends = await sendfileEnds(loop);
      const { transport, receive } = ends;
      const sending = loop.sendfile(transport, file.fd);
      await receive(1000);
      const refused = (what: string) =>
        new RuntimeError(`unable to ${what}; sendfile is in progress`);
      expect(() => transport.write(bytes('x'))).toThrow(refused('write'));
      expect(() => transport.writelines([bytes('x')])).toThrow(refused('writelines'));
      expect(() => transport.writeEof()).toThrow(refused('write_eof'));
      expect(await errorOf(loop.sendfile(transport, file.fd))).toEqual(refused('sendfile'));
      const rest = await receive(LARGE - 1000);
      expect(rest.equals(file.bytes.subarray(1000))).toBe(true);
      expect(await sending).toBe(LARGE);
      transport.writelines([bytes('after'), bytes('wards')]);
      transport.writeEof();
      expect((await receive()).toString()).toBe('afterwards');
    }));

  it('SENDFILE-018 pauses reading meanwhile, and goes on unless it was paused before', () =>
    inLoop(makeLoop, async (loop) => {
      using file = new SampleFile(LARGE);
      await using ends = await sendfileEnds(loop);
      const { transport, protocol, peer, receive } = ends;
      const sending = loop.sendfile(transport, file.fd);
      await loop.sockSendall(peer, bytes('meanwhile'));
      await receive(1000);
      expect([transport.isReading(), protocol.size]).toEqual([false, 0]);
      await receive(LARGE - 1000);
      await sending;
      expect(transport.isReading()).toBe(true);
      expect((await protocol.bytes(9)).toString()).toBe('meanwhile');
      transport.pauseReading();
      await Promise.all([loop.sendfile(transport, file.fd, 0, 10), receive(10)]);
      expect(transport.isReading()).toBe(false);
    }));

  it('SENDFILE-018 tells a protocol that had to pause to go on afterwards, and nothing meanwhile', () =>
    inLoop(makeLoop, async (loop) => {
      using file = new SampleFile(LARGE);
      await using ends = await sendfileEnds(loop);
      const { transport, protocol, receive } = ends;
      transport.write(Buffer.alloc(LARGE));
      expect(protocol.trace).toEqual(['made', 'pause']);
      const sending = loop.sendfile(transport, file.fd);
      await receive(LARGE + 1000);
      expect(protocol.trace).toEqual(['made', 'pause']);
      await Promise.all([sending, receive(LARGE - 1000)]);
      while (transport.getWriteBufferSize() > 0) await sleep(0);
      expect(protocol.trace).toEqual(['made', 'pause', 'resume']);
      expect(transport.getProtocol()).toBe(protocol);
    }));

  it('SENDFILE-020 is content with a peer that closes once it has everything', () =>
    inLoop(makeLoop, async (loop) => {
      using file = new SampleFile(LARGE);
      await using ends = await sendfileEnds(loop);
      const sending = loop.sendfile(ends.transport, file.fd);
      await ends.receive(LARGE);
      ends.peer.close();
      expect(await sending).toBe(LARGE);
      await ends.protocol.lost;
    }));

  it('sends less of a file that shrinks meanwhile', () =>
    inLoop(makeLoop, async (loop) => {
      using file = new SampleFile(LARGE);
      await using ends = await sendfileEnds(loop);
      const sending = loop.sendfile(ends.transport, file.fd);
      await ends.receive(1000);
      ftruncateSync(file.fd, LARGE - 1_000_000);
      const rest = await ends.receive(LARGE - 1_001_000);
      expect(rest.equals(file.bytes.subarray(1000, LARGE - 1_000_000))).toBe(true);
      expect(await sending).toBe(LARGE - 1_000_000);
    }));

  it('can be cancelled: the position tells how much went out, and the connection goes on', () =>
    inLoop(makeLoop, async (loop) => {
      using file = new SampleFile(LARGE);
      await using ends = await sendfileEnds(loop);
      const { transport, receive } = ends;
      const sending = loop.createTask(() => loop.sendfile(transport, file.fd));
      await receive(1000);
      sending.cancel();
      expect(await errorOf(sending)).toBeInstanceOf(CancelledError);
      const position = file.position();
      transport.write(bytes('after'));
      transport.close();
      const rest = await receive();
      expect(rest.subarray(0, -5).equals(file.bytes.subarray(1000, position))).toBe(true);
      expect(rest.subarray(-5).toString()).toBe('after');
    }));

  it('can be cancelled while it waits for what was written before', () =>
    inLoop(makeLoop, async (loop) => {
      using file = new SampleFile(1000);
      await using ends = await sendfileEnds(loop);
      const { transport, receive } = ends;
      transport.write(Buffer.alloc(LARGE));
      const sending = loop.createTask(() => loop.sendfile(transport, file.fd));
      await sleep(0);
      sending.cancel();
      expect(await errorOf(sending)).toBeInstanceOf(CancelledError);
      transport.close();
      // The fallback has handed its bytes over by then.
      expect((await receive()).length - LARGE).toBeLessThanOrEqual(1000);
    }));

  it('ends when the transport is closed or aborted meanwhile', () =>
    inLoop(makeLoop, async (loop) => {
      using file = new SampleFile(LARGE);
      for (const end of ['close', 'abort'] as const) {
        await using ends = await sendfileEnds(loop);
        const sending = loop.sendfile(ends.transport, file.fd);
        await ends.receive(1000);
        ends.transport[end]();
        expect(await errorOf(sending)).toMatchObject({ code: 'ECONNABORTED' });
        expect(await Promise.race([ends.protocol.lost, ends.receive()])).toBeDefined();
      }
    }));
});

describe.each(selectorLoops)('sendfile by the kernel with %s', (_, makeLoop) => {
  it('SENDFILE-010 says that the call failed, and falls back unless it may not', () =>
    inLoop(makeLoop, async (loop) => {
      using file = new SampleFile(1000, 'a');
      await using ends = await sendfileEnds(loop);
      const sendfile = (fallback: boolean) =>
        errorOf(loop.sendfile(ends.transport, file.fd, 0, null, { fallback }));
      expect(await sendfile(false)).toMatchObject({
        name: 'SendfileNotAvailableError',
        message: 'os.sendfile call failed',
        cause: { code: 'EBADF', syscall: 'sendfile' },
      });
      expect(await sendfile(true)).toMatchObject({ code: 'EBADF', syscall: 'read' });
    }));

  it('SENDFILE-010 refuses what is no regular file, and falls back', () =>
    inLoop(makeLoop, async (loop) => {
      const zero = openSync('/dev/zero', 'r');
      await using ends = await sendfileEnds(loop);
      const refused = loop.sendfile(ends.transport, zero, 0, 10, { fallback: false });
      expect((await errorOf(refused)).message).toBe('not a regular file');
      expect(await loop.sendfile(ends.transport, zero, 0, 10)).toBe(10);
      expect(await ends.receive(10)).toEqual(Buffer.alloc(10));
      closeSync(zero);
    }));

  it('needs no fallback, also over a Unix socket', () =>
    inLoop(makeLoop, async (loop) => {
      using file = new SampleFile(LARGE);
      const [near, far] = socketpair();
      const [transport] = await loop.createConnection(() => new Recorder(), null, null, {
        sock: near,
      });
      const sending = loop.sendfile(transport, file.fd, 0, null, { fallback: false });
      expect((await receive(loop, far, LARGE)).equals(file.bytes)).toBe(true);
      expect(await sending).toBe(LARGE);
      transport.close();
      far.close();
    }));

  it('leaves the others their turn while the peer keeps up', () =>
    inLoop(makeLoop, async (loop) => {
      using file = new SampleFile(LARGE);
      await using ends = await sendfileEnds(loop);
      let turns = 0;
      const count = (): void => {
        turns += 1;
        if (!sending.done()) loop.callSoon(count);
      };
      const sending = loop.sendfile(ends.transport, file.fd);
      loop.callSoon(count);
      await Promise.all([sending, ends.receive(LARGE)]);
      expect(turns).toBeGreaterThan(LARGE / (1024 * 1024));
    }));
});

describe.each(tlsLoops)('sendfile over TLS by %s', (_, makeLoop) => {
  it('SENDFILE-008 SENDFILE-012 SENDFILE-015 SENDFILE-020 falls back, unless it may not', () =>
    inTlsLoop(makeLoop, async (loop) => {
      using file = new SampleFile(LARGE);
      const accepted: Recorder[] = [];
      const server = await loop.createServer(
        () => {
          accepted.push(new Recorder());
          return accepted.at(-1)!;
        },
        '127.0.0.1',
        0,
        { ssl: serverContext(authority.localhost) },
      );
      const [transport] = await loop.createConnection(
        () => new Recorder(),
        '127.0.0.1',
        portOf(server),
        { ssl: clientContext(authority), serverHostname: 'localhost' },
      );
      const refused = await errorOf(
        loop.sendfile(transport, file.fd, 0, null, { fallback: false }),
      );
      expect(refused).toBeInstanceOf(RuntimeError);
      expect(refused.message).toMatch(
        /^fallback is disabled and native sendfile is not supported for transport </,
      );
      transport.write(bytes('before'));
      const sending = loop.sendfile(transport, file.fd);
      expect(() => transport.write(bytes('x'))).toThrow('sendfile is in progress');
      expect(await sending).toBe(LARGE);
      transport.write(bytes('after'));
      transport.close();
      const [peer] = accepted;
      await peer!.lost;
      const expected = Buffer.concat([bytes('before'), file.bytes, bytes('after')]);
      expect(peer!.received.equals(expected)).toBe(true);
      server.close();
      await server.waitClosed();
    }));
});
