// drain() waits while writing is paused, and ends when the connection does; so does waitClosed().
import { type Future, newEventLoop, RuntimeError, sleep, wait } from '@loop/core';
import { StreamReader, StreamReaderProtocol, StreamWriter, Transport as Base } from '@loop/net';
import { className, type Print } from '../../src/print.ts';
import { inAsyncFunction, inGenerator, type InStyle, type Steps } from '../../src/two-styles.ts';

export async function generator(print: Print): Promise<void> {
  await program(print, inGenerator);
}

export async function asynchronous(print: Print): Promise<void> {
  await program(print, inAsyncFunction);
}

async function program(print: Print, inStyle: InStyle): Promise<void> {
  class Transport extends Base {
    closing = false;

    override isClosing(): boolean {
      return this.closing;
    }

    override canWriteEof(): boolean {
      return true;
    }

    override close(): void {
      this.closing = true;
    }
  }

  function tick(n: number) {
    print('tick', n);
    if (n < 6) loop.callSoon(tick, n + 1);
  }

  function* attempt(name: string, waiting: () => Future<void>): Steps {
    try {
      yield waiting();
      print(name);
    } catch (error) {
      // The reference has a class for it, and Loop a code.
      const code = (error as { readonly code?: unknown }).code;
      const name_ = code === 'ECONNRESET' ? 'ConnectionResetError' : className(error);
      print(name, name_, (error as Error).message);
    }
  }

  function start(name: string, waiting: () => Future<void>) {
    return loop.createTask(inStyle(() => attempt(name, waiting)));
  }

  function connect() {
    const transport = new Transport();
    const reader = new StreamReader(undefined, loop);
    const protocol = new StreamReaderProtocol(reader, null, loop);
    protocol.connectionMade(transport);
    return { protocol, reader, writer: new StreamWriter(transport, protocol, reader, loop) };
  }

  function* lose(error: Error | null): Steps {
    const { protocol, reader, writer } = connect();
    protocol.pauseWriting();
    const tasks = [0, 1].map((n) => start(`drain ${n}`, () => writer.drain()));
    tasks.push(...[0, 1].map((n) => start(`closed ${n}`, () => writer.waitClosed())));
    yield sleep(0);
    protocol.connectionLost(error);
    yield wait(tasks);
    yield* attempt('drain', () => writer.drain());
    yield* attempt('closed', () => writer.waitClosed());
    print(reader.atEof());
  }

  function* main(): Steps {
    loop.callSoon(tick, 1);
    const { protocol, reader, writer } = connect();
    yield* attempt('drained', () => writer.drain());
    protocol.pauseWriting();
    const tasks = [0, 1, 2].map((n) => start(`drained ${n}`, () => writer.drain()));
    yield sleep(0);
    yield sleep(0);
    protocol.resumeWriting();
    yield wait(tasks);
    writer.close();
    print(writer.isClosing());
    yield* attempt('drained while closing', () => writer.drain());
    reader.setException(new RuntimeError('of the reader'));
    yield* attempt('drain', () => writer.drain());
    yield* lose(null);
    yield* lose(new RuntimeError('lost'));
  }

  const loop = newEventLoop();
  await loop.runUntilComplete(inStyle(main));
  loop.close();
}
