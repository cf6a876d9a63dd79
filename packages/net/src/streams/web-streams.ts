import { describe } from '@loop/posix/internal';
import { checkMethods, checkObject } from '../check-options.ts';
import { connectBridge, type Sink, type Source } from './bridge-channel.ts';
import type { StreamOptions, StreamPair } from './open-connection.ts';
import { checkReader, type StreamReader } from './stream-reader.ts';
import { checkWriter, type StreamWriter } from './stream-writer.ts';

const MOST = 65536;

/** The two sides of a stream of the web platform, as `fetch`, `TransformStream` and others have them. */
export interface WebStreams {
  readonly readable: ReadableStream<Uint8Array>;
  readonly writable: WritableStream<Uint8Array>;
}

/**
 * What comes by `reader` as a stream of the web platform. It is read on demand; who cancels the stream
 * leaves the rest in the reader.
 */
export function readerToWeb(reader: StreamReader): ReadableStream<Uint8Array> {
  checkReader(reader);
  return readableOf(reader, () => {});
}

/** A stream that is written to `writer`, and closes it. Aborting it aborts the connection. */
export function writerToWeb(writer: StreamWriter): WritableStream<Uint8Array> {
  checkWriter(writer);
  return writableOf(writer, () => {
    writer.close();
    return writer.waitClosed().then(() => {});
  });
}

/**
 * A connection as a pair of the web platform. Closing the writable side is the end of the stream for the peer;
 * the connection is closed when both sides have ended.
 */
export function connectionToWeb(reader: StreamReader, writer: StreamWriter): WebStreams {
  checkReader(reader);
  checkWriter(writer);
  let open = 2;
  const ended = (): void => {
    open -= 1;
    if (open === 0) writer.close();
  };
  return {
    readable: readableOf(reader, ended),
    writable: writableOf(writer, async () => {
      if (writer.canWriteEof()) writer.writeEof();
      ended();
    }),
  };
}

/** Reads from a stream of the web platform, whose pieces have to be bytes. It is read while there is room. */
export function readerFromWeb(
  readable: ReadableStream<Uint8Array>,
  options: StreamOptions = {},
): StreamReader {
  checkMethods(readable, 'readable', 'a ReadableStream', 'getReader');
  return connectionFromWeb({ readable }, options)[0];
}

/** Writes to a stream of the web platform, which is closed with the writer. */
export function writerFromWeb(writable: WritableStream<Uint8Array>): StreamWriter {
  checkMethods(writable, 'writable', 'a WritableStream', 'getWriter');
  return connectionFromWeb({ writable })[1];
}

/**
 * A reader and a writer on a pair of the web platform, or on one side alone. `writer.close()` closes the one
 * and cancels the other. An error of theirs is an `OSError` here, with the error as its `cause`.
 */
export function connectionFromWeb(
  streams: Partial<WebStreams>,
  options: StreamOptions = {},
): StreamPair {
  const { readable, writable } = streams ?? {};
  if (readable === undefined && writable === undefined) {
    throw new TypeError(`Expected streams to have readable or writable, got ${describe(streams)}`);
  }
  if (readable !== undefined) checkMethods(readable, 'readable', 'a ReadableStream', 'getReader');
  if (writable !== undefined) checkMethods(writable, 'writable', 'a WritableStream', 'getWriter');
  checkObject(options, 'connectionFromWeb');
  const source = readable === undefined ? null : sourceOf(readable.getReader());
  const sink = writable === undefined ? null : sinkOf(writable.getWriter());
  return connectBridge('web stream', source, sink, options);
}

// In these, no `await` of a future: it would belong to the task that happens to call.

function readableOf(reader: StreamReader, ended: () => void): ReadableStream<Uint8Array> {
  const pull = (controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> =>
    reader.read(MOST).then((data) => {
      if (data.length > 0) {
        controller.enqueue(data);
      } else {
        controller.close();
        ended();
      }
    });
  return new ReadableStream({ pull, cancel: ended }, { highWaterMark: 0 });
}

function writableOf(writer: StreamWriter, close: () => Promise<void>): WritableStream<Uint8Array> {
  return new WritableStream({
    write(data) {
      writer.write(data);
      return writer.drain().then(() => {});
    },
    close,
    abort() {
      writer.transport.abort();
    },
  });
}

function sourceOf(reader: ReadableStreamDefaultReader<Uint8Array>): Source {
  return {
    pull: () => reader.read().then(({ done, value }) => (done ? null : value)),
    cancel: () => void reader.cancel().catch(() => {}),
  };
}

function sinkOf(writer: WritableStreamDefaultWriter<Uint8Array>): Sink {
  return {
    write: (data) => {
      // The promise of a write waits for that piece, `ready` for room.
      writer.write(data).catch(() => {});
      return writer.ready;
    },
    end: () => writer.close(),
    abort: () => void writer.abort().catch(() => {}),
  };
}
