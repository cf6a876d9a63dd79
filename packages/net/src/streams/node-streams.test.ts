import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { PassThrough, Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { sleep } from '@loop/core';
import {
  connectionFromNode,
  connectionToNode,
  openConnection,
  readerFromNode,
  readerToNode,
  startServer,
  StreamReader,
  writerFromNode,
  writerToNode,
} from '@loop/net';
import { describe, expect, it } from 'vitest';
import { backends } from '../../test/backends.ts';
import { errorOf } from '../../test/error-of.ts';
import { inLoop, portOf } from '../../test/in-loop.ts';

const bytes = (text: string): Buffer => Buffer.from(text);

describe.each(backends)("streams of Node's, with %s", (_, makeLoop) => {
  it('STR-009 STR-027 compresses a connection by pipelines, both ways', async () => {
    await inLoop(makeLoop, async () => {
      await using server = await startServer(
        async (reader, writer) => {
          const stream = connectionToNode(reader, writer);
          await pipeline(stream, createGunzip(), stream);
        },
        '127.0.0.1',
        0,
      );
      const [reader, writer] = await openConnection('127.0.0.1', portOf(server));
      const text = 'many lines\n'.repeat(50_000);
      const stream = connectionToNode(reader, writer);
      const sent = pipeline(Readable.from([bytes(text)]), createGzip(), stream);
      expect((await reader.read()).toString()).toBe(text);
      await sent;
      writer.close();
      await writer.waitClosed();
    });
  });

  it('STR-013 is read line by line by readline', async () => {
    await inLoop(makeLoop, async () => {
      const reader = new StreamReader();
      const lines = createInterface(readerToNode(reader));
      const seen: string[] = [];
      lines.on('line', (line) => seen.push(line));
      reader.feedData(bytes('a\nb'));
      reader.feedData(bytes('b\n'));
      reader.feedEof();
      await once(lines, 'close');
      expect(seen).toEqual(['a', 'bb']);
    });
  });

  it('STR-013 STR-024 reads lines from a readable, with room for a few', async () => {
    await inLoop(makeLoop, async () => {
      const pieces = Array.from({ length: 1000 }, (_, n) => bytes(`line ${n}\n`));
      const reader = readerFromNode(Readable.from(pieces), { limit: 100 });
      let count = 0;
      for await (const line of reader) {
        expect(line.toString()).toBe(`line ${count}\n`);
        count += 1;
      }
      expect(count).toBe(1000);
    });
  });

  it('STR-026 STR-030 writes to a writable, and ends with it', async () => {
    await inLoop(makeLoop, async () => {
      const through = new PassThrough();
      const writer = writerFromNode(through);
      const piece = bytes('one, ');
      writer.write(piece);
      piece.fill('?');
      writer.writelines([bytes('two, '), bytes('three')]);
      await writer.drain();
      writer.close();
      await writer.waitClosed();
      expect(Buffer.concat(await through.toArray()).toString()).toBe('one, two, three');
      expect(through.writableFinished).toBe(true);
    });
  });

  it('STR-027 waits for a slow writable', async () => {
    await inLoop(makeLoop, async () => {
      const trace: string[] = [];
      const takes: Array<() => void> = [];
      const writer = writerFromNode(
        new Writable({
          write(data: Buffer, _, done) {
            trace.push(`took ${data.length}`);
            takes.push(done);
          },
        }),
      );
      writer.write(Buffer.alloc(100_000));
      const drained = writer.drain().then(() => void trace.push('drained'));
      for (let turn = 0; turn < 10; turn += 1) await sleep(0);
      expect(trace).toEqual(['took 100000']);
      takes[0]?.();
      await drained;
      expect(trace).toEqual(['took 100000', 'drained']);
      writer.transport.abort();
      await writer.waitClosed();
    });
  });

  it('STR-001 makes a connection of a duplex', async () => {
    await inLoop(makeLoop, async () => {
      const [reader, writer] = connectionFromNode(new PassThrough());
      writer.write(bytes('there and back\n'));
      expect((await reader.readline()).toString()).toBe('there and back\n');
      writer.writeEof();
      expect((await reader.read()).length).toBe(0);
      writer.close();
      await writer.waitClosed();
    });
  });

  it('STR-021 STR-028 fails by what the stream fails by', async () => {
    await inLoop(makeLoop, async () => {
      const broken = Object.assign(new Error('torn'), { code: 'ECONNRESET' });
      const readable = new Readable({ read() {} });
      const reader = readerFromNode(readable);
      readable.destroy(broken);
      expect(await errorOf(reader.read())).toMatchObject({
        name: 'OSError',
        code: 'ECONNRESET',
        message: 'torn',
        cause: broken,
      });
      const writer = writerFromNode(new Writable({ write: (_, __, done) => done(broken) }));
      writer.write(bytes('x'));
      expect((await errorOf(writer.waitClosed())).message).toBe('torn');
    });
  });

  it('STR-021 destroys a stream by what the reader has', async () => {
    await inLoop(makeLoop, async () => {
      const reader = new StreamReader();
      const stream = readerToNode(reader);
      stream.resume();
      const failed = once(stream, 'error');
      await sleep(0);
      const lost = new Error('lost');
      reader.setException(lost);
      expect(await failed).toEqual([lost]);
    });
  });

  it('STR-030 closes a connection by its writable, and aborts it by destroying', async () => {
    await inLoop(makeLoop, async () => {
      await using server = await startServer(
        async (reader, writer) => {
          await using _ = writer;
          await reader.read();
        },
        '127.0.0.1',
        0,
      );
      for (const end of [
        (stream: Writable) => stream.end('x'),
        (stream: Writable) => stream.destroy(),
      ]) {
        const [, writer] = await openConnection('127.0.0.1', portOf(server));
        const stream = writerToNode(writer);
        end(stream);
        await once(stream, 'close');
        await writer.waitClosed();
        expect(writer.isClosing()).toBe(true);
      }
      const [reader, writer] = await openConnection('127.0.0.1', portOf(server));
      const stream = connectionToNode(reader, writer);
      stream.destroy(new Error('of the user'));
      expect(((await once(stream, 'error')) as [Error])[0].message).toBe('of the user');
      await writer.waitClosed();
    });
  });
});
