import { pathToFileURL } from 'node:url';
import { NotImplementedError, sleep, ValueError } from '@loop/core';
import { AF_UNIX, Protocol, Socket, SOCK_DGRAM, socketpair } from '@loop/net';
import { describe, expect, it } from 'vitest';
import { errorOf } from '../../test/error-of.ts';
import { inLoop } from '../../test/in-loop.ts';
import { openSockets } from '../../test/open-sockets.ts';
import { Recorder } from '../../test/recorder.ts';
import { backends } from '../../test/backends.ts';
import { TemporaryFolder } from '../../test/temporary-folder.ts';

const onLinux = process.platform === 'linux';

describe.each(backends)('connections to Unix sockets with %s', (_, makeLoop) => {
  it('UNIX-001 UNIX-002 UNIX-008 UNIX-009 connects by text, bytes and URL', async () => {
    using folder = new TemporaryFolder();
    const path = folder.file('sock');
    await inLoop(makeLoop, async (loop) => {
      const made: Recorder[] = [];
      await using server = await loop.createUnixServer(() => {
        const recorder = new Recorder();
        made.push(recorder);
        return recorder;
      }, path);
      expect(server.sockets.map((socket) => socket.family)).toEqual([AF_UNIX]);
      for (const each of [
        path,
        Buffer.from(path),
        new Uint8Array(Buffer.from(path)),
        pathToFileURL(path),
      ]) {
        const [transport, protocol] = await loop.createUnixConnection(() => new Recorder(), each);
        expect(protocol.trace).toEqual(['made']);
        expect(transport.getExtraInfo('sockname')).toBe('');
        expect(transport.getExtraInfo('peername')).toBe(path);
        transport.write(Buffer.from('ping'));
        while (made.length === 0) await sleep(0);
        const peer = made.pop()!;
        expect(await peer.bytes(4)).toEqual(Buffer.from('ping'));
        expect(peer.transport.getExtraInfo('sockname')).toBe(path);
        expect(peer.transport.getExtraInfo('peername')).toBe('');
        peer.transport.write(Buffer.from('pong'));
        expect(await protocol.bytes(4)).toEqual(Buffer.from('pong'));
        transport.close();
        expect(await protocol.lost).toBeNull();
        expect(await peer.lost).toBeNull();
      }
    });
  });

  it.skipIf(!onLinux)('UNIX-002 UNIX-008 connects to an abstract name (needs Linux)', async () => {
    await inLoop(makeLoop, async (loop) => {
      for (const name of [`\0loop ${process.pid}`, Buffer.from(`\0loop\0bytes ${process.pid}`)]) {
        await using server = await loop.createUnixServer(() => new Protocol(), name);
        const text = name.toString();
        expect(server.sockets[0]!.getsockname()).toBe(text);
        const [transport] = await loop.createUnixConnection(() => new Protocol(), name);
        expect(transport.getExtraInfo('peername')).toBe(text);
        transport.close();
      }
    });
  });

  it('UNIX-003 UNIX-004 UNIX-007 refuses arguments that do not fit, and opens nothing', async () => {
    const before = openSockets();
    using datagrams = new Socket(AF_UNIX, SOCK_DGRAM);
    using inet = new Socket();
    const [near, far] = socketpair();
    using _near = near;
    using _far = far;
    await inLoop(makeLoop, async (loop) => {
      const factory = (): Protocol => new Protocol();
      const refusal = async (...args: readonly unknown[]): Promise<string> => {
        const error = await errorOf(loop.createUnixConnection(factory, ...(args as [])));
        return `${error.name}: ${error.message}`;
      };
      expect(await refusal()).toBe('ValueError: no path and sock were specified');
      expect(await refusal('/x', { sock: near })).toBe(
        'ValueError: path and sock can not be specified at the same time',
      );
      for (const sock of [datagrams, inet]) {
        expect(await refusal(null, { sock })).toMatch(
          /^ValueError: A UNIX Domain Stream Socket was expected, got <Socket fd=/,
        );
      }
      expect(await refusal(null, { sock: 5 })).toContain(
        'TypeError: Expected sock to be a Socket, got 5',
      );
      for (const [name, key] of [
        ['serverHostname', 'server_hostname'],
        ['sslHandshakeTimeout', 'ssl_handshake_timeout'],
        ['sslShutdownTimeout', 'ssl_shutdown_timeout'],
      ] as const) {
        expect(await refusal('/x', { [name]: 1 })).toBe(
          `ValueError: ${key} is only meaningful with ssl`,
        );
      }
      expect(await refusal(42)).toBe(
        'TypeError: Expected path to be a string, bytes or a file URL, got 42',
      );
      expect(await refusal('/tmp/a\0b')).toContain(
        'ValueError: Expected path to have no null byte',
      );
      expect(await refusal(new URL('http://localhost/x'))).toContain('TypeError');
    });
    datagrams.close();
    inet.close();
    near.close();
    far.close();
    expect(openSockets()).toEqual(before);
  });

  it('UNIX-001 takes over a connected socket', async () => {
    await inLoop(makeLoop, async (loop) => {
      const [near, far] = socketpair();
      near.setblocking(true);
      const [transport, protocol] = await loop.createUnixConnection(() => new Recorder(), null, {
        sock: near,
      });
      expect(near.getblocking()).toBe(false);
      far.send(Buffer.from('hello'));
      expect(await protocol.bytes(5)).toEqual(Buffer.from('hello'));
      const refused = loop.createUnixConnection(() => new Protocol(), null, { sock: near });
      expect((await errorOf(refused)).message).toContain('is used by transport');
      transport.close();
      await protocol.lost;
      expect(near.fileno()).toBe(-1);
      far.close();
    });
  });

  it('UNIX-005 passes errors of the system on, and leaves nothing open', async () => {
    using folder = new TemporaryFolder();
    const deserted = folder.file('deserted');
    const listening = folder.file('listening');
    using idle = new Socket(AF_UNIX);
    idle.bind(deserted);
    await inLoop(makeLoop, async (loop) => {
      const before = openSockets();
      const attempt = (path: string): Promise<Error & { code?: string }> =>
        errorOf(loop.createUnixConnection(() => new Protocol(), path));
      expect((await attempt(folder.file('missing'))).code).toBe('ENOENT');
      expect((await attempt(deserted)).code).toBe('ECONNREFUSED');
      expect((await attempt(`/${'x'.repeat(200)}`)).code).toBe('ENAMETOOLONG');
      expect(openSockets()).toEqual(before);

      using server = new Socket(AF_UNIX);
      server.bind(listening);
      server.listen();
      const failing = loop.createUnixConnection(() => {
        throw new ValueError('no protocol today');
      }, listening);
      expect((await errorOf(failing)).message).toBe('no protocol today');
      expect(openSockets()).toHaveLength(before.length + 1);

      let protocol: Recorder | null = null;
      const make = (): Recorder => (protocol = new Recorder());
      const cancelled = loop.createTask(() => loop.createUnixConnection(make, listening));
      loop.callSoon(() => cancelled.cancel());
      expect((await errorOf(cancelled)).name).toBe('CancelledError');
      // Where connecting takes no time there is one by then.
      await (protocol as Recorder | null)?.lost;
      expect(openSockets()).toHaveLength(before.length + 1);
    });
  });
});

it('UNIX-021 says where there are no Unix sockets that there are none', async () => {
  const { platform } = process;
  await inLoop(backends[0]![1], async (loop) => {
    Object.defineProperty(process, 'platform', { value: 'win32' });
    try {
      const connection = loop.createUnixConnection(() => new Protocol(), '/x');
      const server = loop.createUnixServer(() => new Protocol(), '/x');
      for (const each of [connection, server]) {
        expect(await errorOf(each)).toBeInstanceOf(NotImplementedError);
      }
    } finally {
      Object.defineProperty(process, 'platform', { value: platform });
    }
  });
});
