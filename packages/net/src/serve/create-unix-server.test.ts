import {
  existsSync,
  mkdirSync,
  readdirSync,
  statSync,
  rmdirSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { pathToFileURL } from 'node:url';
import { sleep } from '@loop/core';
import { AF_UNIX, Protocol, type Server, Socket, SOCK_DGRAM } from '@loop/net';
import { SOCK_NONBLOCK, SOCK_STREAM } from '@loop/posix';
import { describe, expect, it, vi } from 'vitest';
import { errorOf } from '../../test/error-of.ts';
import { inLoop } from '../../test/in-loop.ts';
import { isInstalled } from '../../test/is-installed.ts';
import { openSockets } from '../../test/open-sockets.ts';
import { Recorder } from '../../test/recorder.ts';
import { backends } from '../../test/backends.ts';
import { TemporaryFolder } from '../../test/temporary-folder.ts';

const factory = (): Protocol => new Protocol();

/** What was logged while `body` ran. */
async function logged(body: () => Promise<void>): Promise<string[]> {
  const lines: string[] = [];
  const log = vi
    .spyOn(console, 'error')
    .mockImplementation((line: string) => void lines.push(line));
  try {
    await body();
  } finally {
    log.mockRestore();
  }
  return lines;
}

describe.each(backends)('servers on Unix sockets with %s', (_, makeLoop) => {
  it('UNIX-009 UNIX-010 UNIX-017 listens at text, bytes and URL, and takes the file along', async () => {
    using folder = new TemporaryFolder();
    const path = folder.file('sock');
    await inLoop(makeLoop, async (loop) => {
      for (const each of [path, Buffer.from(path), pathToFileURL(path)]) {
        const server = await loop.createUnixServer(factory, each, { backlog: 5 });
        expect(server.isServing()).toBe(true);
        expect(server.sockets.map((socket) => socket.getsockname())).toEqual([path]);
        expect(statSync(path).isSocket()).toBe(true);
        server.close();
        expect(existsSync(path)).toBe(false);
        await server.waitClosed();
      }
    });
  });

  it('UNIX-009 waits with serving if it shall', async () => {
    using folder = new TemporaryFolder();
    const path = folder.file('sock');
    await inLoop(makeLoop, async (loop) => {
      await using server = await loop.createUnixServer(factory, path, { startServing: false });
      expect(server.isServing()).toBe(false);
      expect((await errorOf(loop.createUnixConnection(factory, path))).code).toBe('ECONNREFUSED');
      await server.startServing();
      const [transport] = await loop.createUnixConnection(factory, path);
      transport.close();
    });
  });

  it('UNIX-010 UNIX-011 UNIX-012 refuses arguments that do not fit', async () => {
    using datagrams = new Socket(AF_UNIX, SOCK_DGRAM);
    using inet = new Socket();
    using stream = new Socket(AF_UNIX);
    await inLoop(makeLoop, async (loop) => {
      const refusal = async (...args: readonly unknown[]): Promise<string> => {
        const error = await errorOf(loop.createUnixServer(factory, ...(args as [])));
        return `${error.name}: ${error.message}`;
      };
      expect(await refusal()).toBe('ValueError: path was not specified, and no sock specified');
      expect(await refusal('/x', { sock: stream })).toBe(
        'ValueError: path and sock can not be specified at the same time',
      );
      for (const sock of [datagrams, inet]) {
        expect(await refusal(null, { sock })).toContain(
          'ValueError: A UNIX Domain Stream Socket was expected, got <Socket fd=',
        );
      }
      for (const ssl of [true, false]) {
        expect(await refusal('/x', { ssl })).toBe(
          `TypeError: ssl argument must be an SSLContext or None, got ${ssl}`,
        );
      }
      expect(await refusal('/x', { sslHandshakeTimeout: 1 })).toContain(
        'ValueError: ssl_handshake_timeout is only meaningful with ssl',
      );
      expect(await refusal('/x', { sslShutdownTimeout: 1 })).toContain(
        'ValueError: ssl_shutdown_timeout is only meaningful with ssl',
      );
      expect(await refusal('/x', { backlog: 'many' })).toContain('TypeError: Expected backlog');
      expect(await refusal('')).toContain('ValueError: Expected path to name a socket');
    });
  });

  it('UNIX-011 UNIX-018 takes a bound socket, whatever the bits of its type', async () => {
    using folder = new TemporaryFolder();
    const path = folder.file('sock');
    await inLoop(makeLoop, async (loop) => {
      const socket = new Socket(AF_UNIX, SOCK_STREAM | Math.max(SOCK_NONBLOCK, 0));
      socket.bind(path);
      const server = await loop.createUnixServer(factory, null, { sock: socket });
      const [transport] = await loop.createUnixConnection(factory, path);
      transport.close();
      server.close();
      expect([socket.fileno(), existsSync(path)]).toEqual([-1, false]);
      await server.waitClosed();
    });
  });

  it('UNIX-013 replaces a socket that is there, also under a server that still runs', async () => {
    using folder = new TemporaryFolder();
    const path = folder.file('sock');
    await inLoop(makeLoop, async (loop) => {
      const made: Recorder[] = [];
      const first = await loop.createUnixServer(() => {
        made.push(new Recorder());
        return made.at(-1)!;
      }, path);
      const [old] = await loop.createUnixConnection(() => new Recorder(), path);
      while (made.length === 0) await sleep(0);
      const second = await loop.createUnixServer(factory, path);
      old.write(Buffer.from('still here'));
      expect((await made[0]!.bytes(10)).toString()).toBe('still here');
      const [fresh] = await loop.createUnixConnection(factory, path);
      expect(made).toHaveLength(1);
      // The file is the second's now.
      first.close();
      expect(existsSync(path)).toBe(true);
      second.close();
      expect(existsSync(path)).toBe(false);
      old.close();
      fresh.close();
      await first.waitClosed();
      await second.waitClosed();
    });
  });

  it('UNIX-014 UNIX-016 leaves other files alone, and nothing open', async () => {
    using folder = new TemporaryFolder();
    const file = folder.file('file');
    writeFileSync(file, 'precious');
    mkdirSync(folder.file('directory'));
    await inLoop(makeLoop, async (loop) => {
      const before = openSockets();
      const attempt = (path: string): Promise<Error & { code?: string }> =>
        errorOf(loop.createUnixServer(factory, path));
      for (const path of [file, folder.file('directory')]) {
        const error = await attempt(path);
        expect(error).toMatchObject({ code: 'EADDRINUSE', syscall: 'bind' });
        expect(error.message).toBe(`Address '${path}' is already in use`);
      }
      expect((await attempt(folder.file('missing/sock'))).code).toBe('ENOENT');
      expect((await attempt(folder.file('x'.repeat(200)))).code).toBe('ENAMETOOLONG');
      expect(openSockets()).toEqual(before);
    });
    expect(readdirSync(folder.path).toSorted()).toEqual(['directory', 'file']);
  });

  it('UNIX-015 UNIX-016 logs a check that fails, and tries to bind all the same', async () => {
    using folder = new TemporaryFolder();
    writeFileSync(folder.file('file'), '');
    const path = folder.file('file/sock');
    await inLoop(makeLoop, async (loop) => {
      const lines = await logged(async () => {
        expect((await errorOf(loop.createUnixServer(factory, path))).code).toBe('ENOTDIR');
      });
      expect(lines).toEqual([`Unable to check or remove stale UNIX socket '${path}':`]);
    });
  });

  it('UNIX-015 logs a removal that fails: close() does not throw', async () => {
    using folder = new TemporaryFolder();
    mkdirSync(folder.file('inner'));
    const path = folder.file('inner/sock');
    await inLoop(makeLoop, async (loop) => {
      const server = await loop.createUnixServer(factory, path);
      unlinkSync(path);
      const lines = await logged(async () => {
        // A file in the place of the directory.
        rmdirSync(folder.file('inner'));
        writeFileSync(folder.file('inner'), '');
        server.close();
      });
      expect(lines).toEqual([`Unable to clean up listening UNIX socket '${path}':`]);
      await server.waitClosed();
    });
  });

  it('UNIX-018 does not mind a file that is gone, and spares one that has been put there', async () => {
    using folder = new TemporaryFolder();
    const path = folder.file('sock');
    await inLoop(makeLoop, async (loop) => {
      const gone = await loop.createUnixServer(factory, path);
      unlinkSync(path);
      expect(await logged(async () => gone.close())).toEqual([]);
      const replaced = await loop.createUnixServer(factory, path);
      unlinkSync(path);
      writeFileSync(path, 'mine');
      replaced.close();
      expect(existsSync(path)).toBe(true);
    });
  });

  it('UNIX-019 leaves the file if it shall', async () => {
    using folder = new TemporaryFolder();
    const path = folder.file('sock');
    await inLoop(makeLoop, async (loop) => {
      const server = await loop.createUnixServer(factory, path, { cleanupSocket: false });
      server.close();
      expect(statSync(path).isSocket()).toBe(true);
      // As after a crash: the next one takes the place.
      const next = await loop.createUnixServer(factory, path);
      next.close();
      expect(existsSync(path)).toBe(false);
    });
  });

  it.skipIf(process.platform !== 'linux')(
    'UNIX-020 makes no file for an abstract name, which is free once it is closed (needs Linux)',
    async () => {
      await inLoop(makeLoop, async (loop) => {
        const name = `\0loop server ${process.pid}`;
        const server = await loop.createUnixServer(factory, name);
        const error = await errorOf(loop.createUnixServer(factory, name));
        expect(error).toMatchObject({ code: 'EADDRINUSE' });
        expect(error.message).toContain('is already in use');
        server.close();
        const next: Server = await loop.createUnixServer(factory, Buffer.from(name));
        next.close();
      });
    },
  );

  it('UNIX-016 closes and removes everything when it is cancelled at the start', async () => {
    using folder = new TemporaryFolder();
    const path = folder.file('sock');
    await inLoop(makeLoop, async (loop) => {
      const before = openSockets();
      const task = loop.createTask(() => loop.createUnixServer(factory, path));
      loop.callSoon(() => task.cancel());
      expect((await errorOf(task)).name).toBe('CancelledError');
      expect(existsSync(path)).toBe(false);
      expect(openSockets()).toEqual(before);
    });
  });

  it.skipIf(!isInstalled('socat'))('UNIX-009 answers socat (needs socat)', async () => {
    using folder = new TemporaryFolder();
    const path = folder.file('sock');
    await inLoop(makeLoop, async (loop) => {
      class Shout extends Recorder {
        override dataReceived(data: Buffer): void {
          this.transport.write(Buffer.from(data.toString().toUpperCase()));
        }
      }
      await using _server = await loop.createUnixServer(() => new Shout(), path);
      const socat = spawn('socat', ['-', `UNIX-CONNECT:${path}`]);
      const received: Buffer[] = [];
      socat.stdout.on('data', (chunk: Buffer) => {
        received.push(chunk);
        socat.stdin.end();
      });
      socat.stdin.write('by socat\n');
      await once(socat, 'close');
      expect(Buffer.concat(received).toString()).toBe('BY SOCAT\n');
    });
  });
});

const { seteuid } = process;

describe('without permissions', () => {
  it.skipIf(process.getuid?.() !== 0 || seteuid === undefined)(
    'UNIX-015 UNIX-016 fails as the system does, and leaves nothing open (needs root)',
    async () => {
      using folder = new TemporaryFolder();
      const path = folder.file('sock');
      await inLoop(backends[0]![1], async (loop) => {
        const server = await loop.createUnixServer(factory, path);
        const before = openSockets();
        let connecting;
        let serving;
        const lines = await logged(async () => {
          seteuid?.(65534);
          try {
            connecting = errorOf(loop.createUnixConnection(factory, path));
            serving = errorOf(loop.createUnixServer(factory, path));
          } finally {
            seteuid?.(0);
          }
          expect((await connecting).code).toBe('EACCES');
          expect((await serving).code).toBe('EACCES');
        });
        expect(lines).toEqual([`Unable to check or remove stale UNIX socket '${path}':`]);
        expect(openSockets()).toEqual(before);
        server.close();
      });
    },
  );
});
