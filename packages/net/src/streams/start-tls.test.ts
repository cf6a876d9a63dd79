import { type EventLoop, sleep } from '@loop/core';
import {
  openConnection,
  startServer,
  type StreamReader,
  type StreamReaderProtocol,
  StreamWriter,
  WriteTransport,
} from '@loop/net';
import { describe, expect, it } from 'vitest';
import { errorOf } from '../../test/error-of.ts';
import { portOf } from '../../test/in-loop.ts';
import {
  certificates,
  clientContext,
  inTlsLoop,
  serverContext,
  tlsLoops,
} from '../../test/tls-loops.ts';

const authority = certificates();
const server = serverContext(authority.localhost);
const client = clientContext(authority);
const bytes = (text: string): Buffer => Buffer.from(text);

/** Answers a line `STARTTLS`, upgrades, and then echoes lines, each with what secures it. */
async function upgrading(reader: StreamReader, writer: StreamWriter): Promise<void> {
  await using _ = writer;
  expect(String(await reader.readline())).toBe('STARTTLS\n');
  expect(writer.getExtraInfo('sslcontext', null)).toBeNull();
  writer.write(bytes('go ahead\n'));
  await writer.startTls(server);
  expect(writer.getExtraInfo('sslcontext')).toBe(server);
  for await (const line of reader) {
    writer.write(bytes(`secured: ${line.toString()}`));
    await writer.drain();
  }
}

/** Waits until the reader holds something that nobody has read. */
async function untilBuffered(reader: StreamReader): Promise<void> {
  while (!/ bytes/.test(reader.toString())) await sleep(0);
}

describe.each(tlsLoops)('streams with TLS by %s', (_, makeLoop) => {
  const within = (body: (loop: EventLoop) => Promise<void>): Promise<void> =>
    inTlsLoop(makeLoop, body);

  it('STR-032 go on over TLS with the same reader and writer', async () => {
    await within(async () => {
      await using listening = await startServer(upgrading, '127.0.0.1', 0);
      const [reader, writer] = await openConnection('127.0.0.1', portOf(listening));
      await using __ = writer;
      writer.write(bytes('STARTTLS\n'));
      expect(String(await reader.readline())).toBe('go ahead\n');
      const plain = writer.transport;
      await writer.startTls(client, { serverHostname: 'localhost' });
      expect(writer.transport).not.toBe(plain);
      expect(writer.getExtraInfo('sslcontext')).toBe(client);
      expect(writer.canWriteEof()).toBe(false);
      writer.write(bytes('one\n'));
      expect(String(await reader.readline())).toBe('secured: one\n');
      writer.write(bytes('two\n'));
      expect(String(await reader.readline())).toBe('secured: two\n');
    });
  });

  it('STR-032 begin with TLS that has come behind the request for it', async () => {
    await within(async () => {
      await using listening = await startServer(
        async (itsReader, itsWriter) => {
          await using __ = itsWriter;
          await itsReader.readline();
          await untilBuffered(itsReader);
          await itsWriter.startTls(server);
          itsWriter.write(bytes('secured\n'));
          await itsWriter.drain();
          await itsReader.read();
        },
        '127.0.0.1',
        0,
      );
      const [reader, writer] = await openConnection('127.0.0.1', portOf(listening));
      writer.write(bytes('STARTTLS\n'));
      await writer.startTls(client, { serverHostname: 'localhost' });
      expect(String(await reader.readline())).toBe('secured\n');
      writer.close();
      await writer.waitClosed();
    });
  });

  it('STR-032 never take for secured what came in plain', async () => {
    await within(async (loop) => {
      const outcomes: unknown[] = [];
      const done = loop.createFuture<void>();
      await using listening = await startServer(
        async (itsReader, itsWriter) => {
          await itsReader.readline();
          try {
            await itsWriter.startTls(server);
            outcomes.push('secured', await itsReader.readline());
          } catch (error) {
            outcomes.push((error as Error).name);
          }
          done.setResult();
          itsWriter.close();
        },
        '127.0.0.1',
        0,
      );
      const [, writer] = await openConnection('127.0.0.1', portOf(listening));
      writer.write(bytes('STARTTLS\ninjected command\n'));
      await done;
      expect(outcomes).toEqual(['SSLError']);
      writer.transport.abort();
    });
  });

  it('STR-032 close the connection when the other is not who it should be', async () => {
    await within(async (loop) => {
      loop.setExceptionHandler(() => {});
      await using listening = await startServer(
        async (itsReader, itsWriter) => {
          await itsReader.readline();
          await errorOf(itsWriter.startTls(server));
        },
        '127.0.0.1',
        0,
      );
      const [reader, writer] = await openConnection('127.0.0.1', portOf(listening));
      writer.write(bytes('STARTTLS\n'));
      const error = await errorOf(writer.startTls(client, { serverHostname: 'example.com' }));
      expect(error.name).toBe('SSLCertVerificationError');
      expect(writer.isClosing()).toBe(true);
      await errorOf(
        (async () => {
          await reader.read();
          throw new Error('at its end');
        })(),
      );
    });
  });

  it('STR-032 leave everything as it was when the arguments do not fit', async () => {
    await within(async () => {
      await using listening = await startServer(
        async (itsReader, itsWriter) => {
          await using __ = itsWriter;
          itsWriter.write(bytes('still in plain\n'));
          await itsReader.read();
        },
        '127.0.0.1',
        0,
      );
      const [reader, writer] = await openConnection('127.0.0.1', portOf(listening));
      await using __ = writer;
      await untilBuffered(reader);
      expect((await errorOf(writer.startTls(client))).message).toBe(
        'check_hostname requires server_hostname',
      );
      expect((await errorOf(writer.startTls(null as never))).name).toBe('TypeError');
      expect(String(await reader.readline())).toBe('still in plain\n');
    });
  });

  it('STR-031 STR-001 over TLS from the start, closed by the end of the peer', async () => {
    await within(async () => {
      await using listening = await startServer(
        async (itsReader, itsWriter) => {
          await using __ = itsWriter;
          itsWriter.write(await itsReader.readline());
        },
        '127.0.0.1',
        0,
        { ssl: server },
      );
      const [reader, writer] = await openConnection('127.0.0.1', portOf(listening), {
        ssl: client,
        serverHostname: 'localhost',
      });
      writer.write(bytes('secured\n'));
      expect(String(await reader.read())).toBe('secured\n');
      await writer.waitClosed();
      expect(writer.isClosing()).toBe(true);
    });
  });
});

it('STR-032 is for connections only', async () => {
  class Nowhere extends WriteTransport {
    override isClosing(): boolean {
      return false;
    }
  }
  await inTlsLoop(tlsLoops[0]![1], async (loop) => {
    const flow = { pause() {}, open: true } as unknown as StreamReaderProtocol['flow'];
    const writer = new StreamWriter(new Nowhere(), { flow }, null, loop);
    expect((await errorOf(writer.startTls(client))).message).toBe(
      'startTls() needs the streams of a connection',
    );
  });
});
