import { existsSync } from 'node:fs';
import { CancelledError, currentTask, type EventLoop, getRunningLoop, sleep } from '@loop/core';
import {
  AF_INET,
  type ClientConnected,
  openConnection,
  openUnixConnection,
  type Server,
  Socket,
  SOCK_STREAM,
  socketpair,
  startServer,
  startUnixServer,
  type StreamReader,
  StreamReaderProtocol,
  type StreamWriter,
  type Transport,
} from '@loop/net';
import { describe, expect, it } from 'vitest';
import { collectReports } from '../../test/collect-reports.ts';
import { errorOf } from '../../test/error-of.ts';
import { inLoop, portOf } from '../../test/in-loop.ts';
import { backends } from '../../test/backends.ts';
import { TemporaryFolder } from '../../test/temporary-folder.ts';

/** Sends back each line, until there are no more. */
async function echoLines(reader: StreamReader, writer: StreamWriter): Promise<void> {
  await using _ = writer;
  for await (const line of reader) {
    writer.write(line);
    await writer.drain();
  }
}

/** A server on a free port, and a client of it. */
async function connectTo(
  callback: ClientConnected,
): Promise<{ server: Server; reader: StreamReader; writer: StreamWriter<Transport> }> {
  const server = await startServer(callback, '127.0.0.1', 0);
  const [reader, writer] = await openConnection('127.0.0.1', portOf(server));
  return { server, reader, writer };
}

async function close(server: Server, writer: StreamWriter): Promise<void> {
  writer.close();
  server.close();
  await server.waitClosed();
}

describe.each(backends)('streams with %s', (_, makeLoop) => {
  const within = (body: (loop: EventLoop) => Promise<void>): Promise<void> =>
    inLoop(makeLoop, body);

  it('STR-001 STR-002 connects a reader and a writer to a server of both', async () => {
    await within(async () => {
      await using server = await startServer(echoLines, '127.0.0.1', 0);
      const [reader, writer] = await openConnection('127.0.0.1', portOf(server));
      await using __ = writer;
      expect(writer.getExtraInfo('peername')).toEqual(['127.0.0.1', portOf(server)]);
      writer.write(Buffer.from('one\ntwo\n'));
      expect(String(await reader.readline())).toBe('one\n');
      expect(String(await reader.readline())).toBe('two\n');
      writer.writeEof();
      expect(String(await reader.read())).toBe('');
    });
  });

  it('STR-001 STR-002 in generators', async () => {
    await within(async (loop) => {
      const main = loop.createTask(function* () {
        const server = yield* startServer(
          function* (reader: StreamReader, writer: StreamWriter) {
            const line = yield* reader.readline();
            writer.writelines([Buffer.from('> '), line]);
            yield* writer.drain();
            writer.close();
          },
          '127.0.0.1',
          0,
        );
        const [reader, writer] = yield* openConnection('127.0.0.1', portOf(server));
        writer.write(Buffer.from('hello\n'));
        const answer = yield* reader.read();
        writer.close();
        yield* writer.waitClosed();
        server.close();
        yield* server.waitClosed();
        return answer.toString();
      });
      expect(await main).toBe('> hello\n');
    });
  });

  it('STR-003 does the same by a path', async () => {
    using folder = new TemporaryFolder();
    const path = folder.file('socket');
    await within(async () => {
      const server = await startUnixServer(echoLines, path);
      const [reader, writer] = await openUnixConnection(path);
      expect(writer.getExtraInfo('peername')).toBe(path);
      writer.write(Buffer.from('by path\n'));
      expect(String(await reader.readline())).toBe('by path\n');
      await close(server, writer);
    });
    expect(existsSync(path)).toBe(false);
  });

  it('STR-004 hands all other options to the method below', async () => {
    await within(async (loop) => {
      const [one, other] = socketpair();
      const [, writer] = await openUnixConnection(null, { sock: one });
      expect(writer.getExtraInfo('socket')?.fileno()).toBe(one.fileno());
      await using __ = writer;
      other.close();
      const listener = new Socket(AF_INET, SOCK_STREAM);
      listener.bind(['127.0.0.1', 0]);
      const server = await startServer(echoLines, null, null, {
        sock: listener,
        startServing: false,
        backlog: 3,
      });
      expect(server.isServing()).toBe(false);
      server.close();
      expect((await errorOf(openConnection('127.0.0.1', 1, { sock: other }))).message).toBe(
        'host/port and sock can not be specified at the same time',
      );
      expect(loop.isRunning()).toBe(true);
    });
  });

  it('STR-004 gives the limit to the reader, and refuses a bad one', async () => {
    await within(async (loop) => {
      let limited = '';
      const server = await startServer(
        (reader, writer) => {
          limited = reader.toString();
          writer.close();
        },
        '127.0.0.1',
        0,
        { limit: 77 },
      );
      const [reader, writer] = await openConnection('127.0.0.1', portOf(server), { limit: 88 });
      await reader.read();
      expect(limited).toMatch(/limit=77/);
      expect(reader.toString()).toMatch(/limit=88/);
      await close(server, writer);
      for (const bad of [
        openConnection('127.0.0.1', 1, { limit: 0 }),
        startServer(echoLines, '127.0.0.1', 0, { limit: -1 }),
      ]) {
        expect((await errorOf(bad)).message).toBe('Limit cannot be <= 0');
      }
      expect((await errorOf(startServer(null as never, '127.0.0.1', 0))).message).toBe(
        'Expected clientConnected to be a function, got null',
      );
      expect(loop.isRunning()).toBe(true);
    });
  });

  it('STR-005 calls a plain function, and has an async one run as a task', async () => {
    await within(async (loop) => {
      const tasks: unknown[] = [];
      const plain = await connectTo((__, writer) => {
        writer.write(Buffer.from('plain'));
        writer.close();
      });
      expect(String(await plain.reader.read())).toBe('plain');
      await close(plain.server, plain.writer);

      const serve = async (__: StreamReader, writer: StreamWriter): Promise<void> => {
        tasks.push(currentTask());
        await sleep(0);
        tasks.push(currentTask());
        writer.close();
      };
      for (const callback of [
        serve,
        // A plain function that calls an async one, as callbacks in JavaScript do.
        (reader: StreamReader, writer: StreamWriter) => serve(reader, writer),
        (__: StreamReader, writer: StreamWriter) =>
          (function* () {
            tasks.push(currentTask());
            yield* sleep(0);
            tasks.push(currentTask());
            writer.close();
          })(),
      ] satisfies ClientConnected[]) {
        const { server, reader, writer } = await connectTo(callback);
        await reader.read();
        await close(server, writer);
      }
      expect(tasks).toHaveLength(6);
      expect(new Set(tasks).size).toBe(3);
      expect(tasks).not.toContain(null);
      expect(tasks).not.toContain(currentTask(loop));
    });
  });

  it.each([
    [
      'an async callback',
      async () => {
        await sleep(0);
        throw new Error('failed');
      },
    ],
    [
      'a generator',
      function* () {
        yield* sleep(0);
        throw new Error('failed');
      },
    ],
    [
      'a plain one that returns a promise',
      () =>
        (async () => {
          await sleep(0);
          throw new Error('failed');
        })(),
    ],
  ] as ReadonlyArray<readonly [string, ClientConnected]>)(
    'STR-006 reports %s that fails, and closes',
    async (__, callback) => {
      await within(async (loop) => {
        const reports = collectReports(loop);
        const { server, reader, writer } = await connectTo(callback);
        expect(String(await reader.read())).toBe('');
        expect(reports).toHaveLength(1);
        expect(reports[0]).toMatchObject({
          message: 'Unhandled exception in client_connected_cb',
          exception: { message: 'failed' },
        });
        expect(reports[0]?.transport).toBeDefined();
        await close(server, writer);
      });
    },
  );

  it('STR-006 closes when the callback is cancelled, and does not report it', async () => {
    await within(async (loop) => {
      const reports = collectReports(loop);
      const { server, reader, writer } = await connectTo(async () => {
        await sleep(0);
        throw new CancelledError();
      });
      expect(String(await reader.read())).toBe('');
      expect(reports).toEqual([]);
      await close(server, writer);
    });
  });

  it('STR-007 reports a plain callback that throws, and leaves the connection open', async () => {
    await within(async (loop) => {
      const reports = collectReports(loop);
      let kept: StreamWriter | null = null;
      const { server, reader, writer } = await connectTo((__, itsWriter) => {
        kept = itsWriter;
        throw new Error('failed');
      });
      while (kept === null) await sleep(0);
      (kept as StreamWriter).write(Buffer.from('still here\n'));
      expect(String(await reader.readline())).toBe('still here\n');
      expect(reports).toHaveLength(1);
      expect(reports[0]?.message).toMatch(/^Exception in callback/);
      (kept as StreamWriter).close();
      await close(server, writer);
    });
  });

  it('STR-021 STR-028 tells reads and drains of a connection that was reset', async () => {
    await within(async () => {
      const server = await startServer(
        async (itsReader, itsWriter) => {
          await itsReader.readexactly(1);
          itsWriter.transport.abort();
        },
        '127.0.0.1',
        0,
        { limit: 1000 },
      );
      const [reader, writer] = await openConnection('127.0.0.1', portOf(server));
      // More than the server reads: what is left has the kernel reset the connection.
      writer.write(Buffer.alloc(8 << 20));
      const error = await errorOf(reader.read());
      expect(['ECONNRESET', 'EPIPE']).toContain(error.code);
      expect(await errorOf(reader.readline())).toBe(error);
      expect(await errorOf(writer.drain())).toBe(error);
      expect(await errorOf(writer.waitClosed())).toBe(error);
      await close(server, writer);
    });
  });

  it('STR-024 slows the peer down while nobody reads', async () => {
    await within(async () => {
      const { server, reader, writer } = await connectTo(async (itsReader, itsWriter) => {
        await using __ = itsWriter;
        expect((await itsReader.read()).length).toBe(8 << 20);
      });
      const chunk = Buffer.alloc(1 << 20);
      for (let n = 0; n < 8; n += 1) {
        writer.write(chunk);
        await writer.drain();
      }
      writer.writeEof();
      expect((await reader.read()).length).toBe(0);
      await close(server, writer);
    });
  });

  it('STR-026 acts on the transport', async () => {
    await within(async () => {
      const { server, reader, writer } = await connectTo(echoLines);
      expect(writer.transport).toBe(writer.transport.getProtocol() && writer.transport);
      expect(writer.transport.getProtocol()).toBeInstanceOf(StreamReaderProtocol);
      expect(writer.canWriteEof()).toBe(true);
      expect(writer.getExtraInfo('nothing', 'else')).toBe('else');
      expect(() => writer.write('text' as never)).toThrow(TypeError);
      writer.writelines([Buffer.from('a'), Buffer.from('b\n')]);
      expect(String(await reader.readline())).toBe('ab\n');
      expect(writer.isClosing()).toBe(false);
      expect(String(writer)).toMatch(/^<StreamWriter transport=<.*> reader=<StreamReader .*>>$/);
      writer.close();
      expect(writer.isClosing()).toBe(true);
      await close(server, writer);
    });
  });

  it('STR-030 closes with data unread, and the reader is at its end then', async () => {
    await within(async () => {
      const { server, reader, writer } = await connectTo(async (__, itsWriter) => {
        itsWriter.write(Buffer.from('two\nlines\n'));
      });
      await reader.readline();
      writer.close();
      await Promise.all([writer.waitClosed(), writer.waitClosed()]);
      await writer.waitClosed();
      expect(String(await reader.read())).toBe('lines\n');
      expect(reader.atEof()).toBe(true);
      server.closeClients();
      server.close();
      await server.waitClosed();
    });
  });

  it("STR-031 can be written to after the peer's end", async () => {
    await within(async () => {
      const { server, reader, writer } = await connectTo(async (itsReader, itsWriter) => {
        await itsReader.read();
        itsWriter.write(Buffer.from('after the end'));
        itsWriter.close();
      });
      writer.write(Buffer.from('x'));
      writer.writeEof();
      expect(String(await reader.read())).toBe('after the end');
      await close(server, writer);
    });
  });
});

it('STR-001 fails without a loop, and as the method below does', async () => {
  expect(() => openConnection('127.0.0.1', 1)).toThrow('no running event loop');
  await inLoop(backends[0]![1], async () => {
    using unused = new Socket(AF_INET, SOCK_STREAM);
    unused.bind(['127.0.0.1', 0]);
    const [, port] = unused.getsockname() as [string, number];
    expect((await errorOf(openConnection('127.0.0.1', port))).code).toBe('ECONNREFUSED');
    expect(getRunningLoop().isRunning()).toBe(true);
  });
});
