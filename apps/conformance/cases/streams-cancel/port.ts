// A task that reads, cancelled at each of its iterations: what it has not taken is left for the next.
import { CancelledError, type EventLoop, newEventLoop, sleep } from '@loop/core';
import { StreamReader } from '@loop/net';
import type { Print } from '../../src/print.ts';
import { inAsyncFunction, inGenerator, type InStyle, type Steps } from '../../src/two-styles.ts';

export async function generator(print: Print): Promise<void> {
  await program(print, inGenerator);
}

export async function asynchronous(print: Print): Promise<void> {
  await program(print, inAsyncFunction);
}

async function program(print: Print, inStyle: InStyle): Promise<void> {
  function tick() {
    now += 1;
    loop.callSoon(tick);
  }

  function log(text: string) {
    events.push(`${now}:${text}`);
  }

  function feed(reader: StreamReader, pieces: readonly string[]) {
    if (pieces.length === 0) {
      reader.feedEof();
      return;
    }
    reader.feedData(Buffer.from(pieces[0]!));
    loop.callSoon(feed, reader, pieces.slice(1));
  }

  function* work(reader: StreamReader): Steps {
    for (const read of [
      () => reader.read(1),
      () => reader.readexactly(3),
      () => reader.readline(),
      () => reader.readuntil(Buffer.from(';')),
    ]) {
      const data: Buffer = yield read();
      log(data.toString().trim());
    }
  }

  function* main(steps: number): Steps {
    const reader = new StreamReader(undefined, loop);
    loop.callSoon(feed, reader, ['a', 'b', 'cd', 'li', 'ne\n', 'se', 'p;', 'rest']);
    const task = loop.createTask(inStyle(() => work(reader)));
    for (let n = 0; n < steps; n++) yield sleep(0);
    log(task.cancel() ? 'cancel' : 'too late');
    try {
      yield task;
    } catch (error) {
      if (!(error instanceof CancelledError)) throw error;
      log('cancelled');
    }
    const left: Buffer = yield reader.read();
    log(`left ${left.toString().replaceAll('\n', '/')}`);
  }

  let loop: EventLoop;
  let now: number;
  let events: string[];
  for (let steps = 0; steps < 12; steps++) {
    now = 0;
    events = [];
    loop = newEventLoop();
    loop.callSoon(tick);
    await loop.runUntilComplete(inStyle(() => main(steps)));
    loop.close();
    print(steps, ...events);
  }
}
