// Above twice the limit reading is paused; it is resumed at the limit, or when a read has to wait.
import { newEventLoop } from '@loop/core';
import { ReadTransport, StreamReader } from '@loop/net';
import type { Print } from '../../src/print.ts';
import { inAsyncFunction, inGenerator, type InStyle, type Steps } from '../../src/two-styles.ts';

export async function generator(print: Print): Promise<void> {
  await program(print, inGenerator);
}

export async function asynchronous(print: Print): Promise<void> {
  await program(print, inAsyncFunction);
}

async function program(print: Print, inStyle: InStyle): Promise<void> {
  class Transport extends ReadTransport {
    override pauseReading(): void {
      print('paused');
    }

    override resumeReading(): void {
      print('resumed');
    }
  }

  function* main(): Steps {
    const reader = new StreamReader(4, loop);
    reader.setTransport(new Transport());
    for (const size of [8, 1, 5]) {
      print('feed', size);
      reader.feedData(Buffer.alloc(size, 'x'));
    }
    for (const size of [3, 6, 2, 3]) {
      const data: Buffer = yield reader.read(size);
      print('read', data.length);
    }
    print('feed', 9);
    reader.feedData(Buffer.alloc(9, 'x'));
    loop.callSoon(() => reader.feedData(Buffer.alloc(3, 'y')));
    const exactly: Buffer = yield reader.readexactly(12);
    print('exactly', exactly.length);
    print('feed', 20);
    reader.feedData(Buffer.from('a line that is too long\nxxxx'));
    try {
      yield reader.readline();
    } catch (error) {
      print((error as Error).message);
    }
    const rest: Buffer = yield reader.read(2);
    print('read', rest.length);
  }

  const loop = newEventLoop();
  await loop.runUntilComplete(inStyle(main));
  loop.close();
}
