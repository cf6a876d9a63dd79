// Connections over the loopback interface, one after the other, to servers of each kind of callback.
import { CancelledError, type EventLoop, newEventLoop, RuntimeError } from '@loop/core';
import {
  type ClientConnected,
  openConnection,
  type Server,
  startServer,
  type StreamPair,
  type StreamReader,
  type StreamWriter,
} from '@loop/net';
import type { Print } from '../../src/print.ts';
import { inAsyncFunction, inGenerator, type InStyle, type Steps } from '../../src/two-styles.ts';

export async function generator(print: Print): Promise<void> {
  await program(print, inGenerator);
}

export async function asynchronous(print: Print): Promise<void> {
  await program(print, inAsyncFunction);
}

type Serve = (reader: StreamReader, writer: StreamWriter) => Steps;

async function program(print: Print, inStyle: InStyle): Promise<void> {
  function* echo(reader: StreamReader, writer: StreamWriter): Steps {
    const lines = reader[Symbol.asyncIterator]();
    for (;;) {
      const { done, value }: IteratorResult<Buffer> = yield lines.next();
      if (done === true) break;
      print('server got', value.toString().trim());
      writer.write(value);
      yield writer.drain();
    }
    print('server at end', reader.atEof());
    writer.write(Buffer.from('after the end\n'));
    writer.close();
    yield writer.waitClosed();
  }

  function* fails(reader: StreamReader): Steps {
    yield reader.readline();
    throw new RuntimeError('failed');
  }

  function* isCancelled(reader: StreamReader): Steps {
    yield reader.readline();
    throw new CancelledError();
  }

  function plain(_: StreamReader, writer: StreamWriter): void {
    writer.write(Buffer.from('plain\n'));
    throw new RuntimeError('failed, and open');
  }

  function report(_: EventLoop, context: { message?: unknown; exception?: unknown }) {
    // Which callback it is differs.
    const message = String(context.message).split(' anonymous')[0];
    print('report', message, (context.exception as Error).message);
  }

  /** The callback as a coroutine of the style. */
  const serving = (serve: Serve): ClientConnected =>
    inStyle === inGenerator
      ? (reader, writer) => (inStyle(() => serve(reader, writer)) as () => unknown)()
      : async (reader, writer) => (inStyle(() => serve(reader, writer)) as () => Promise<void>)();

  function* connect(callback: ClientConnected, then: 'write' | 'read' | 'close'): Steps {
    const server: Server = yield startServer(callback, '127.0.0.1', 0);
    const [host, port] = server.sockets[0]!.getsockname() as [string, number];
    const [reader, writer]: StreamPair = yield openConnection(host, port);
    const peer = writer.getExtraInfo('peername') as [string, number];
    print(peer[0] === host && peer[1] === port, writer.canWriteEof(), writer.isClosing());
    writer.write(Buffer.from('one\n'));
    yield writer.drain();
    let data: Buffer = yield reader.readline();
    print('client got', data.toString().trim());
    if (then === 'write') {
      writer.writelines([Buffer.from('tw'), Buffer.from('o\n')]);
      writer.writeEof();
    } else if (then === 'close') {
      writer.close();
    }
    data = yield reader.read();
    print('client got', data.toString().replaceAll('\n', '/'));
    writer.close();
    yield writer.waitClosed();
    print('closed', writer.isClosing(), reader.atEof());
    server.close();
  }

  function* main(): Steps {
    loop.setExceptionHandler(report);
    yield* connect(serving(echo), 'write');
    yield* connect(serving(fails), 'read');
    yield* connect(serving(isCancelled), 'read');
    yield* connect(plain, 'close');
  }

  const loop = newEventLoop();
  await loop.runUntilComplete(inStyle(main));
  loop.close();
}
