import { getRunningLoop, sleep } from '@loop/core';
import {
  connectionFromWeb,
  connectionToWeb,
  openConnection,
  readerFromWeb,
  readerToWeb,
  startServer,
  StreamReader,
  writerFromWeb,
  writerToWeb,
} from '@loop/net';
import { describe, expect, it } from 'vitest';
import { backends } from '../../test/backends.ts';
import { errorOf } from '../../test/error-of.ts';
import { inLoop, portOf } from '../../test/in-loop.ts';

const bytes = (text: string): Buffer => Buffer.from(text);

/** All of a web stream, as text. */
const textOf = (stream: ReadableStream<Uint8Array>): Promise<string> => new Response(stream).text();

describe.each(backends)('streams of the web platform with %s', (_, makeLoop) => {
  it('STR-009 STR-027 compresses a connection by the platform, both ways', async () => {
    await inLoop(makeLoop, async () => {
      await using server = await startServer(
        async (reader, writer) => {
          const { readable, writable } = connectionToWeb(reader, writer);
          await readable.pipeThrough(new DecompressionStream('gzip')).pipeTo(writable);
        },
        '127.0.0.1',
        0,
      );
      const [reader, writer] = await openConnection('127.0.0.1', portOf(server));
      const text = 'many lines\n'.repeat(50_000);
      const sent = new Blob([text])
        .stream()
        .pipeThrough(new CompressionStream('gzip'))
        .pipeTo(connectionToWeb(reader, writer).writable);
      expect((await reader.read()).toString()).toBe(text);
      await sent;
      writer.close();
      await writer.waitClosed();
    });
  });

  it('STR-009 reads on demand, and leaves the rest when the stream is cancelled', async () => {
    await inLoop(makeLoop, async () => {
      const reader = new StreamReader();
      const readable = readerToWeb(reader);
      reader.feedData(bytes('first'));
      await sleep(0);
      const web = readable.getReader();
      expect(reader.toString()).toMatch(/5 bytes/);
      expect((await web.read()).value).toEqual(bytes('first'));
      await web.cancel();
      reader.feedData(bytes('rest'));
      reader.feedEof();
      expect((await reader.read()).toString()).toBe('rest');
    });
  });

  it('STR-021 errors a web stream with what the reader has', async () => {
    await inLoop(makeLoop, async () => {
      const reader = new StreamReader();
      const text = textOf(readerToWeb(reader));
      await sleep(0);
      reader.setException(new Error('lost'));
      expect((await errorOf(text)).message).toMatch(/lost/);
    });
  });

  it('STR-013 reads lines from a web stream, however it is cut', async () => {
    await inLoop(makeLoop, async () => {
      const reader = readerFromWeb(
        new ReadableStream({
          start(controller) {
            for (const piece of ['a\nb', 'b', '\nc']) controller.enqueue(bytes(piece));
            controller.close();
          },
        }),
      );
      const lines: string[] = [];
      for await (const line of reader) lines.push(line.toString());
      expect(lines).toEqual(['a\n', 'bb\n', 'c']);
    });
  });

  it('STR-024 asks a web stream for no more than there is room for', async () => {
    await inLoop(makeLoop, async () => {
      let pulled = 0;
      const readable = new ReadableStream<Uint8Array>(
        {
          pull(controller) {
            pulled += 1;
            controller.enqueue(new Uint8Array(10));
          },
        },
        { highWaterMark: 0 },
      );
      const reader = readerFromWeb(readable, { limit: 20 });
      await reader.readexactly(1);
      for (let turn = 0; turn < 100; turn += 1) await sleep(0);
      expect(pulled).toBeLessThan(10);
      await reader.readexactly(1000);
      expect(pulled).toBeGreaterThan(100);
    });
  });

  it('STR-026 STR-030 writes to a web stream, and closes with it', async () => {
    await inLoop(makeLoop, async () => {
      const through = new TransformStream<Uint8Array, Uint8Array>();
      const text = textOf(through.readable);
      const writer = writerFromWeb(through.writable);
      const piece = bytes('one, ');
      writer.write(piece);
      // A write may be forgotten: the buffer is the caller's again.
      piece.fill('?');
      writer.writelines([bytes('two, '), bytes('three')]);
      await writer.drain();
      writer.close();
      await writer.waitClosed();
      expect(await text).toBe('one, two, three');
    });
  });

  it('STR-030 is closed only when the web stream is', async () => {
    await inLoop(makeLoop, async () => {
      const trace: string[] = [];
      const loop = getRunningLoop();
      const flushed = loop.createFuture<void>();
      const writer = writerFromWeb(
        new WritableStream({
          write: () => void trace.push('write'),
          close: () => flushed.then(() => void trace.push('closed')),
        }),
      );
      writer.write(bytes('x'));
      writer.close();
      const closed = loop.createTask(async () => {
        await writer.waitClosed();
        trace.push('writer closed');
      });
      for (let turn = 0; turn < 20; turn += 1) await sleep(0);
      flushed.setResult();
      await closed;
      expect(trace).toEqual(['write', 'closed', 'writer closed']);
    });
  });

  it('STR-001 makes a connection of a pair, and is an echo by a TransformStream', async () => {
    await inLoop(makeLoop, async () => {
      const [reader, writer] = connectionFromWeb(new TransformStream<Uint8Array, Uint8Array>());
      writer.write(bytes('there and back\n'));
      expect((await reader.readline()).toString()).toBe('there and back\n');
      writer.writeEof();
      expect((await reader.read()).length).toBe(0);
      writer.close();
      await writer.waitClosed();
    });
  });

  it('STR-021 STR-028 fails by what the web stream fails by', async () => {
    await inLoop(makeLoop, async () => {
      const broken = new Error('torn');
      const reader = readerFromWeb(
        new ReadableStream({ start: (controller) => controller.error(broken) }),
      );
      expect(await errorOf(reader.read())).toMatchObject({
        name: 'OSError',
        code: 'EIO',
        message: 'torn',
        cause: broken,
      });
      const writer = writerFromWeb(
        new WritableStream({
          write() {
            throw broken;
          },
        }),
      );
      writer.write(bytes('x'));
      writer.write(bytes('y'));
      expect((await errorOf(writer.waitClosed())).message).toBe('torn');
      const texts = readerFromWeb(
        new ReadableStream({ start: (controller) => controller.enqueue('text' as never) }),
      );
      expect((await errorOf(texts.read(1))).message).toMatch(/Expected bytes from the web stream/);
      const [, none] = connectionFromWeb({ readable: new ReadableStream() });
      expect(() => none.write(bytes('x'))).toThrow('This web stream cannot be written to');
      none.close();
      await none.waitClosed();
    });
  });

  it('STR-026 aborts what has not been written', async () => {
    await inLoop(makeLoop, async () => {
      let aborted = false;
      const writer = writerFromWeb(
        new WritableStream({
          start: (controller) => {
            const { signal } = controller as unknown as { readonly signal: AbortSignal };
            signal.addEventListener('abort', () => void (aborted = true));
          },
          write: () => new Promise(() => {}),
        }),
      );
      writer.write(bytes('never taken'));
      await sleep(0);
      writer.transport.abort();
      await writer.waitClosed();
      expect(aborted).toBe(true);
    });
  });

  it('STR-023 has a task that is cancelled leave the stream as it was', async () => {
    await inLoop(makeLoop, async () => {
      const reader = new StreamReader();
      const web = readerToWeb(reader).getReader();
      const task = getRunningLoop().createTask(async () => (await web.read()).value);
      await sleep(0);
      task.cancel();
      reader.feedData(bytes('for the next'));
      expect((await errorOf(task)).name).toBe('CancelledError');
      reader.feedEof();
      expect((await web.read()).done).toBe(true);
    });
  });

  it('STR-030 closes a connection by its writable, and waits for that', async () => {
    await inLoop(makeLoop, async () => {
      await using server = await startServer(
        async (reader, writer) => {
          await using _ = writer;
          await reader.read();
          writer.write(bytes('bye'));
        },
        '127.0.0.1',
        0,
      );
      const [, writer] = await openConnection('127.0.0.1', portOf(server));
      const web = writerToWeb(writer).getWriter();
      await web.write(bytes('x'));
      await web.close();
      expect(writer.isClosing()).toBe(true);
    });
  });
});
