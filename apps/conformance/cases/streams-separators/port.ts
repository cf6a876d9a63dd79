// What readuntil() finds, in data that come as one piece and byte by byte.
import { newEventLoop, ValueError } from '@loop/core';
import { IncompleteReadError, LimitOverrunError, StreamReader } from '@loop/net';
import type { Print } from '../../src/print.ts';
import { inAsyncFunction, inGenerator, type InStyle, type Steps } from '../../src/two-styles.ts';

const CASES: ReadonlyArray<readonly [data: string, separators: string[], limit: number]> = [
  ['one;two;', [';'], 9],
  ['a<>b<>', ['<>'], 9],
  ['aab', ['ab'], 9],
  ['aaabaab', ['aab'], 9],
  ['ABCDEFG', ['DEF', 'BCDE'], 9],
  ['ABCDEFG', ['BCDE', 'DEF'], 9],
  ['x sep y', ['sep', 's', 'ep'], 9],
  ['some dataA', ['A', 'ome dataA'], 3],
  ['some data', ['A'], 3],
  ['some data', ['AAAA'], 3],
  ['some dataAA', ['AAA'], 20],
  ['0123;', [';'], 4],
  ['01234;', [';'], 4],
  ['anything', [], 4],
  ['anything', [''], 4],
  ['anything', ['', 'a'], 4],
];

export async function generator(print: Print): Promise<void> {
  await program(print, inGenerator);
}

export async function asynchronous(print: Print): Promise<void> {
  await program(print, inAsyncFunction);
}

async function program(print: Print, inStyle: InStyle): Promise<void> {
  function* attempt(pieces: readonly string[], separators: string[], limit: number): Steps {
    const reader = new StreamReader(limit, loop);
    for (const piece of pieces) reader.feedData(Buffer.from(piece));
    reader.feedEof();
    try {
      const found: Buffer = yield reader.readuntil(separators.map((each) => Buffer.from(each)));
      print('found', found.toString());
    } catch (error) {
      if (error instanceof LimitOverrunError) print(error.message, error.consumed);
      else if (error instanceof IncompleteReadError) {
        print(error.message, error.expected, error.partial.toString());
      } else if (error instanceof ValueError) print('ValueError', error.message);
      else throw error;
    }
    const left: Buffer = yield reader.read();
    print('left', left.toString());
  }

  function* main(): Steps {
    for (const [data, separators, limit] of CASES) {
      print(data, separators, limit);
      yield* attempt([data], separators, limit);
      yield* attempt(data.split(''), separators, limit);
    }
  }

  const loop = newEventLoop();
  await loop.runUntilComplete(inStyle(main));
  loop.close();
}
