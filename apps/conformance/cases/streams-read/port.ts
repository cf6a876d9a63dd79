// Each read waits until there is enough for it, and goes on in the next iteration.
import { type Future, newEventLoop } from '@loop/core';
import { StreamReader } from '@loop/net';
import { className, type Print } from '../../src/print.ts';
import { inAsyncFunction, inGenerator, type InStyle, type Steps } from '../../src/two-styles.ts';

export async function generator(print: Print): Promise<void> {
  await program(print, inGenerator);
}

export async function asynchronous(print: Print): Promise<void> {
  await program(print, inAsyncFunction);
}

async function program(print: Print, inStyle: InStyle): Promise<void> {
  function tick(n: number) {
    print('tick', n);
    if (n < 14) loop.callSoon(tick, n + 1);
  }

  function feed(reader: StreamReader, pieces: readonly string[]) {
    if (pieces.length === 0) {
      reader.feedEof();
      print('end');
      return;
    }
    reader.feedData(Buffer.from(pieces[0]!));
    loop.callSoon(feed, reader, pieces.slice(1));
  }

  function* attempt(name: string, read: () => Future<Buffer>): Steps {
    try {
      const data: Buffer = yield read();
      print(name, data.toString());
    } catch (error) {
      print(name, className(error), (error as Error).message);
    }
  }

  function* linesOf(reader: StreamReader): Steps {
    const lines = reader[Symbol.asyncIterator]();
    for (;;) {
      const { done, value }: IteratorResult<Buffer> = yield lines.next();
      if (done === true) return;
      print('line', value.toString().trim());
    }
  }

  function* main(): Steps {
    const reader = new StreamReader(8, loop);
    loop.callSoon(tick, 1);
    loop.callSoon(feed, reader, [
      'ab',
      'cdef',
      'one;tw',
      'o;',
      'long long ',
      'line;x',
      'yz',
      '12',
      '3',
    ]);
    const semicolon = Buffer.from(';');
    yield* attempt('read', () => reader.read(10));
    yield* attempt('exactly', () => reader.readexactly(3));
    yield* attempt('until', () => reader.readuntil(semicolon));
    yield* attempt('until', () => reader.readuntil(semicolon));
    yield* attempt('until', () => reader.readuntil(semicolon));
    yield* attempt('read', () => reader.read(0));
    yield* attempt('exactly', () => reader.readexactly(15));
    print(reader.atEof());
    yield* attempt('exactly', () => reader.readexactly(9));
    print(reader.atEof());
    yield* attempt('line', () => reader.readline());
    yield* attempt('until', () => reader.readuntil());
    yield* attempt('all', () => reader.read());

    const lines = new StreamReader(4, loop);
    loop.callSoon(feed, lines, ['1\n22', '\n333', '33\n4', '4\n55']);
    try {
      yield* linesOf(lines);
    } catch (error) {
      print(className(error), (error as Error).message);
    }
    yield* linesOf(lines);
    const rest = new StreamReader(undefined, loop);
    loop.callSoon(feed, rest, ['everything ', 'up to ', 'the end']);
    yield* attempt('all', () => rest.read());
  }

  const loop = newEventLoop();
  await loop.runUntilComplete(inStyle(main));
  loop.close();
}
