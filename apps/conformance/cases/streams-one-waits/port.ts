// One coroutine waits at a time; an exception wakes it and stays.
import { type Future, newEventLoop, RuntimeError, sleep } from '@loop/core';
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
    if (n < 7) loop.callSoon(tick, n + 1);
  }

  function* attempt(name: string, read: () => Future<Buffer>): Steps {
    try {
      const data: Buffer = yield read();
      print(name, data.toString());
    } catch (error) {
      print(name, className(error), (error as Error).message);
    }
  }

  function* main(): Steps {
    const reader = new StreamReader(undefined, loop);
    loop.callSoon(tick, 1);
    const first = loop.createTask(inStyle(() => attempt('first', () => reader.read(5))));
    yield sleep(0);
    yield* attempt('read', () => reader.read(1));
    yield* attempt('exactly', () => reader.readexactly(1));
    yield* attempt('line', () => reader.readline());
    yield* attempt('until', () => reader.readuntil());
    reader.feedData(Buffer.from('a'));
    reader.feedData(Buffer.from('b'));
    yield first;
    print(reader.exception());
    const second = loop.createTask(inStyle(() => attempt('second', () => reader.readexactly(5))));
    yield sleep(0);
    reader.setException(new RuntimeError('lost'));
    yield second;
    reader.feedData(Buffer.from('never read'));
    yield* attempt('read', () => reader.read(1));
    yield* attempt('exactly', () => reader.readexactly(0));
    yield* attempt('line', () => reader.readline());
    print(reader.exception()?.message);
  }

  const loop = newEventLoop();
  await loop.runUntilComplete(inStyle(main));
  loop.close();
}
