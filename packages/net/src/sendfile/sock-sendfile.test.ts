import { ftruncateSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { CancelledError, ValueError } from '@loop/core';
import { AF_INET, SendfileNotAvailableError, SOCK_DGRAM, Socket, socketpair } from '@loop/net';
import { describe, expect, it } from 'vitest';
import { backends } from '../../test/backends.ts';
import { errorOf } from '../../test/error-of.ts';
import { inLoop } from '../../test/in-loop.ts';
import { LARGE, receive, SampleFile } from '../../test/sendfile-ends.ts';
import type { ReadableFile } from './sendfile-arguments.ts';

describe.each(backends)('sockSendfile with %s', (_, makeLoop) => {
  it.each([
    [0, null, 200_000, 200_000],
    [1000, 100, 100, 1100],
    [199_000, 5000, 1000, 200_000],
    [200_000, null, 0, 0],
  ])(
    'SENDFILE-021 SENDFILE-004 SENDFILE-005 from %d sends %j bytes: %d, and leaves the position at %d',
    (offset, count, sent, position) =>
      inLoop(makeLoop, async (loop) => {
        using file = new SampleFile(200_000);
        const [near, far] = socketpair();
        const sending = loop.sockSendfile(near, file.fd, offset, count);
        const received = await receive(loop, far, sent);
        expect(received.equals(file.bytes.subarray(offset, offset + sent))).toBe(true);
        expect(await sending).toBe(sent);
        expect(file.position()).toBe(position);
        near.close();
        expect((await receive(loop, far, 1)).length).toBe(0);
        far.close();
      }),
  );

  it('SENDFILE-021 SENDFILE-008 SENDFILE-009 reads and sends what has no descriptor, if it may', () =>
    inLoop(makeLoop, async (loop) => {
      using sample = new SampleFile(LARGE);
      await using handle = await open(sample.path);
      const file: ReadableFile = { read: (...args) => handle.read(...args) };
      const [near, far] = socketpair();
      const refused = loop.sockSendfile(near, file, 0, null, { fallback: false });
      expect(await errorOf(refused)).toEqual(new SendfileNotAvailableError('not a regular file'));
      const sending = loop.sockSendfile(near, file, 4);
      expect((await receive(loop, far, LARGE - 4)).equals(sample.bytes.subarray(4))).toBe(true);
      expect(await sending).toBe(LARGE - 4);
      near.close();
      far.close();
    }));

  it('SENDFILE-022 SENDFILE-007 refuses other sockets, and arguments that do not fit', () =>
    inLoop(makeLoop, async (loop) => {
      using file = new SampleFile(10);
      using datagrams = new Socket(AF_INET, SOCK_DGRAM);
      const [near, far] = socketpair();
      const secured = { encrypted: true } as never;
      const send = (...args: Parameters<typeof loop.sockSendfile>) =>
        errorOf(loop.sockSendfile(...args));
      expect(await send(datagrams, file.fd)).toEqual(
        new ValueError('only SOCK_STREAM type sockets are supported'),
      );
      expect(await send(secured, file.fd)).toEqual(
        new TypeError('Socket cannot be of type SSLSocket'),
      );
      expect((await send(near, file.fd, -1)).message).toBe(
        'offset must be a non-negative integer (got -1)',
      );
      expect((await send(near, file.fd, 0, 0)).message).toBe(
        'count must be a positive integer (got 0)',
      );
      near.setblocking(true);
      loop.setDebug(true);
      expect(await send(near, file.fd)).toEqual(new ValueError('the socket must be non-blocking'));
      loop.setDebug(false);
      near.close();
      far.close();
    }));

  it('SENDFILE-023 can be mixed with sockSendall', () =>
    inLoop(makeLoop, async (loop) => {
      using file = new SampleFile(LARGE);
      const [near, far] = socketpair();
      const sending = loop.createTask(async () => {
        await loop.sockSendall(near, Buffer.from('before'));
        await loop.sockSendfile(near, file.fd);
        await loop.sockSendall(near, Buffer.from('after'));
        near.close();
      });
      const received = await receive(loop, far, Infinity);
      await sending;
      const expected = Buffer.concat([Buffer.from('before'), file.bytes, Buffer.from('after')]);
      expect(received.equals(expected)).toBe(true);
      far.close();
    }));

  it('SENDFILE-024 stops watching the socket when it is cancelled, and tells how much it sent', () =>
    inLoop(makeLoop, async (loop) => {
      using file = new SampleFile(LARGE);
      const [near, far] = socketpair();
      const sending = loop.createTask(() => loop.sockSendfile(near, file.fd));
      await receive(loop, far, 1000);
      sending.cancel();
      expect(await errorOf(sending)).toBeInstanceOf(CancelledError);
      expect(loop.backend === 'selector' && loop.removeWriter(near)).toBe(false);
      const position = file.position();
      await receive(loop, far, position - 1000);
      await loop.sockSendall(near, Buffer.from('after'));
      expect((await receive(loop, far, 5)).toString()).toBe('after');
      near.close();
      far.close();
    }));

  it('SENDFILE-011 fails when the peer is gone, and sends less of a file that shrinks', () =>
    inLoop(makeLoop, async (loop) => {
      using file = new SampleFile(LARGE);
      const [here, there] = socketpair();
      const failing = loop.sockSendfile(here, file.fd);
      await receive(loop, there, 1000);
      there.close();
      expect(await errorOf(failing)).toMatchObject({ code: 'EPIPE', syscall: 'sendfile' });
      here.close();
      expect(await errorOf(loop.sockSendfile(here, file.fd))).toMatchObject({ code: 'EBADF' });
      const [near, far] = socketpair();
      const sending = loop.sockSendfile(near, file.fd);
      await receive(loop, far, 1000);
      ftruncateSync(file.fd, LARGE / 2);
      await receive(loop, far, LARGE / 2 - 1000);
      expect(await sending).toBe(LARGE / 2);
      near.close();
      far.close();
    }));
});
