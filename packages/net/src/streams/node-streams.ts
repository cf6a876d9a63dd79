import { Duplex, Readable, Writable } from 'node:stream';
import { checkMethods, checkObject } from '../check-options.ts';
import { connectBridge, type Sink, type Source } from './bridge-channel.ts';
import type { StreamOptions, StreamPair } from './open-connection.ts';
import { checkReader, type StreamReader } from './stream-reader.ts';
import { checkWriter, type StreamWriter } from './stream-writer.ts';

const MOST = 65536;
type Done = (error?: Error | null) => void;

/** What comes by `reader` as a stream of Node's. It is read on demand. */
export function readerToNode(reader: StreamReader): Readable {
  checkReader(reader);
  return new Readable({
    read() {
      pushNext(this, reader);
    },
  });
}

/** A stream of Node's that is written to `writer`, and closes it. Destroying it aborts the connection. */
export function writerToNode(writer: StreamWriter): Writable {
  checkWriter(writer);
  return new Writable({
    ...writing(writer),
    final(done) {
      writer.close();
      settle(writer.waitClosed(), done);
    },
    destroy(error, done) {
      if (error !== null) writer.transport.abort();
      else writer.close();
      done(error);
    },
  });
}

/**
 * A connection as a stream of Node's. Ending it is the end of the stream for the peer; the connection is closed
 * when both sides have ended, and aborted if it is destroyed before.
 */
export function connectionToNode(reader: StreamReader, writer: StreamWriter): Duplex {
  checkReader(reader);
  checkWriter(writer);
  return new Duplex({
    ...writing(writer),
    read() {
      pushNext(this, reader);
    },
    final(done) {
      if (writer.canWriteEof()) writer.writeEof();
      done();
    },
    destroy(error, done) {
      if (error === null && this.writableFinished && this.readableEnded) writer.close();
      else writer.transport.abort();
      done(error);
    },
  });
}

/** Reads from a stream of Node's, whose pieces have to be bytes. It is read while there is room. */
export function readerFromNode(readable: Readable, options: StreamOptions = {}): StreamReader {
  checkReadable(readable, 'readable', 'a readable stream');
  checkObject(options, 'readerFromNode');
  return connectBridge('Node stream', sourceOf(readable), null, options)[0];
}

/** Writes to a stream of Node's, which is ended with the writer. */
export function writerFromNode(writable: Writable): StreamWriter {
  checkWritable(writable, 'writable', 'a writable stream');
  return connectBridge('Node stream', null, sinkOf(writable), {})[1];
}

/**
 * A reader and a writer on a duplex stream of Node's. `writer.close()` ends and then destroys it. An error of
 * its own is an `OSError` here, with the error as its `cause`.
 */
export function connectionFromNode(duplex: Duplex, options: StreamOptions = {}): StreamPair {
  checkReadable(duplex, 'duplex', 'a duplex stream');
  checkWritable(duplex, 'duplex', 'a duplex stream');
  checkObject(options, 'connectionFromNode');
  return connectBridge('Node stream', sourceOf(duplex), sinkOf(duplex), options);
}

// In these, no `await` of a future: it would belong to the task that happens to call.

function checkReadable(stream: unknown, name: string, kind: string): void {
  checkMethods(stream, name, kind, 'on', 'iterator', 'destroy');
}

function checkWritable(stream: unknown, name: string, kind: string): void {
  checkMethods(stream, name, kind, 'on', 'write', 'end', 'destroy');
}

function pushNext(stream: Readable, reader: StreamReader): void {
  reader.read(MOST).then(
    (data) => void stream.push(data.length > 0 ? data : null),
    (error: unknown) => void stream.destroy(error as Error),
  );
}

function writing(writer: StreamWriter) {
  return {
    write(data: Buffer, _encoding: string, done: Done): void {
      writer.write(data);
      settle(writer.drain(), done);
    },
    writev(chunks: ReadonlyArray<{ readonly chunk: Buffer }>, done: Done): void {
      writer.writelines(chunks.map(({ chunk }) => chunk));
      settle(writer.drain(), done);
    },
  };
}

function settle(future: PromiseLike<void>, done: Done): void {
  future.then(
    () => done(),
    (error: unknown) => done(error as Error),
  );
}

function sourceOf(readable: Readable): Source {
  // It is told by the next piece that is asked for.
  readable.on('error', () => {});
  const pieces = readable.iterator({ destroyOnReturn: false }) as AsyncIterator<Uint8Array>;
  return {
    pull: async () => {
      const { done, value } = await pieces.next();
      return done === true ? null : value;
    },
    cancel: () => void readable.destroy(),
  };
}

function sinkOf(writable: Writable): Sink {
  let failure: Error | null = null;
  let failed: Done = () => {};
  writable.on('error', (error) => {
    failure = error;
    failed(error);
  });
  const outcome = (act: (done: Done) => void): Promise<void> =>
    new Promise((resolve, reject) => {
      if (failure !== null) {
        reject(failure);
        return;
      }
      failed = (error) => (error ? reject(error) : resolve());
      act(failed);
    });
  return {
    write: (data) => outcome((done) => void writable.write(data, done)),
    end: () => outcome((done) => void writable.end(done)),
    abort: () => void writable.destroy(),
  };
}
