import { type Future, getRunningLoop, newEventLoop, run, sleep } from '@loop/core';
import { describe, expect, it } from 'vitest';
import { errorOf } from '../../test/error-of.ts';
import { PausingTransport } from '../../test/pausing-transport.ts';
import { StreamReader } from './stream-reader.ts';

const LINES = 'line1\nline2\nline3\n';

/** A reader that holds `pieces`. */
function readerOf(...pieces: readonly string[]): StreamReader {
  const reader = new StreamReader();
  for (const piece of pieces) reader.feedData(Buffer.from(piece));
  return reader;
}

/** A reader that has come to its end behind `pieces`. */
function endedReader(...pieces: readonly string[]): StreamReader {
  const reader = readerOf(...pieces);
  reader.feedEof();
  return reader;
}

/** Feeds `pieces` in iterations of their own, then the end if `ends`. */
function feedLater(reader: StreamReader, pieces: readonly string[], ends = true): void {
  const loop = getRunningLoop();
  const [first, ...rest] = pieces;
  loop.callSoon(() => {
    if (first !== undefined) reader.feedData(Buffer.from(first));
    if (rest.length > 0) feedLater(reader, rest, ends);
    else if (ends) reader.feedEof();
  });
}

/** What `future` gives, as text. */
async function text(future: Future<Buffer>): Promise<string> {
  return (await future).toString();
}

/** The class and message of what `future` rejects with. */
async function refusal(future: PromiseLike<unknown>): Promise<string> {
  const error = await errorOf(future);
  return `${error.name}: ${error.message}`;
}

describe('StreamReader', () => {
  it('STR-008 refuses a limit that is not positive', async () => {
    await run(async () => {
      for (const limit of [0, -1, Number.NEGATIVE_INFINITY]) {
        expect(() => new StreamReader(limit)).toThrow('Limit cannot be <= 0');
      }
      expect(() => new StreamReader('9' as never)).toThrow(TypeError);
      await sleep(0);
    });
  });

  it('STR-008 needs a loop, the running one or one that is given', () => {
    expect(() => new StreamReader()).toThrow(/no current event loop|no running event loop/);
    const loop = newEventLoop();
    expect(new StreamReader(1, loop).toString()).toBe('<StreamReader limit=1>');
    loop.close();
  });

  describe.each(['async functions', 'generators'] as const)('in %s', (style) => {
    /** Runs `body`, in which `yield` stands for `await` if that is the style. */
    const inStyle = (body: () => Generator<Future, void, unknown>): Promise<void> =>
      run(
        style === 'generators'
          ? function* () {
              const steps = body();
              for (let step = steps.next(); step.done !== true;) {
                step = steps.next(yield* step.value);
              }
            }
          : async () => {
              const steps = body();
              for (let step = steps.next(); step.done !== true;) {
                step = steps.next(await step.value);
              }
            },
      );

    it('STR-009 reads at least one byte, and no more than wanted', async () => {
      await inStyle(function* () {
        const reader = readerOf(LINES);
        expect(String(yield reader.read(30))).toBe(LINES);
        feedLater(reader, ['abc', 'def'], false);
        expect(String(yield reader.read(30))).toBe('abc');
        expect(String(yield reader.read(2))).toBe('de');
        expect(String(yield reader.read(2))).toBe('f');
      });
    });

    it('STR-013 reads lines over pieces, then the rest, then nothing', async () => {
      await inStyle(function* () {
        const reader = readerOf('chunk1 ');
        feedLater(reader, ['chunk2 ', 'chunk3 ', '\n chunk4', '\nrest']);
        expect(String(yield reader.readline())).toBe('chunk1 chunk2 chunk3 \n');
        expect(String(yield reader.readline())).toBe(' chunk4\n');
        expect(String(yield reader.readline())).toBe('rest');
        expect(String(yield reader.readline())).toBe('');
        expect(reader.atEof()).toBe(true);
      });
    });

    it('STR-011 STR-015 waits for exactly so much, and for a separator', async () => {
      await inStyle(function* () {
        const reader = readerOf('12');
        feedLater(reader, ['34', '567', '8;', ';9']);
        expect(String(yield reader.readexactly(5))).toBe('12345');
        expect(String(yield reader.readuntil(Buffer.from(';;')))).toBe('678;;');
      });
    });
  });

  it('STR-009 gives what is there as one, whatever pieces it came in', async () => {
    await run(async () => {
      expect(await text(readerOf('ab', 'cd', 'ef').read(5))).toBe('abcde');
      expect(await text(readerOf('ab', 'cd', 'ef').read(2))).toBe('ab');
    });
  });

  it('STR-009 gives nothing for 0 and at the end, at once', async () => {
    await run(async () => {
      expect(await text(readerOf('ab').read(0))).toBe('');
      expect(await text(new StreamReader().read(0))).toBe('');
      expect(await text(endedReader().read(5))).toBe('');
      const reader = new StreamReader();
      feedLater(reader, []);
      expect(await text(reader.read(1024))).toBe('');
    });
  });

  it('STR-009 the limit does not count for read()', async () => {
    await run(async () => {
      const reader = new StreamReader(3);
      reader.feedData(Buffer.from('chunk'));
      expect(await text(reader.read(5))).toBe('chunk');
    });
  });

  it('STR-009 gives a piece that is read whole as it is, without a copy', async () => {
    await run(async () => {
      const reader = new StreamReader();
      const piece = Buffer.alloc(1000, 'x');
      reader.feedData(piece);
      expect(await reader.read(1000)).toBe(piece);
      reader.feedData(piece);
      const part = await reader.read(500);
      expect([part.buffer, part.byteOffset]).toEqual([piece.buffer, piece.byteOffset]);
    });
  });

  it('STR-009 has data that are there read before the loop has a turn', async () => {
    await run(async () => {
      const reader = readerOf(LINES);
      let turns = 0;
      getRunningLoop().callSoon(() => void (turns += 1));
      await reader.read(2);
      await reader.readline();
      await reader.readexactly(2);
      expect(turns).toBe(0);
    });
  });

  it('STR-010 reads everything up to the end, whatever the limit', async () => {
    await run(async () => {
      const reader = new StreamReader(3);
      feedLater(reader, ['chunk1', 'chunk2 ', 'and more']);
      expect(await text(reader.read())).toBe('chunk1chunk2 and more');
      expect(await text(endedReader('a', 'b').read(-1))).toBe('ab');
      expect(await text(endedReader().read(-7))).toBe('');
    });
  });

  it('STR-011 reads exactly so much whatever the limit, and nothing for 0', async () => {
    await run(async () => {
      const reader = new StreamReader(3);
      reader.feedData(Buffer.from('chunk'));
      expect(await text(reader.readexactly(0))).toBe('');
      expect(await text(reader.readexactly(5))).toBe('chunk');
      expect(await text(endedReader('ab', 'cd').readexactly(4))).toBe('abcd');
    });
  });

  it('STR-011 refuses counts that are none', async () => {
    await run(async () => {
      const reader = readerOf(LINES);
      expect(await refusal(reader.readexactly(-1))).toBe(
        'ValueError: readexactly size can not be less than zero',
      );
      expect(await refusal(reader.readexactly(1.5))).toBe(
        'TypeError: Expected n to be an integer, got 1.5',
      );
      expect(await refusal(reader.read('2' as never))).toBe(
        'TypeError: Expected n to be an integer, got "2"',
      );
      expect(await text(reader.read(100))).toBe(LINES);
    });
  });

  it('STR-012 says what came before an early end, and is empty then', async () => {
    await run(async () => {
      const reader = readerOf(LINES);
      feedLater(reader, []);
      const error = await errorOf(reader.readexactly(36));
      expect(error).toMatchObject({
        name: 'IncompleteReadError',
        message: '18 bytes read on a total of 36 expected bytes',
        expected: 36,
        partial: Buffer.from(LINES),
      });
      expect(await text(reader.read())).toBe('');
    });
  });

  it('STR-013 reads lines that are there', async () => {
    await run(async () => {
      const reader = readerOf('li', 'ne1\nline2\n');
      expect(await text(reader.readline())).toBe('line1\n');
      expect(await text(reader.readline())).toBe('line2\n');
      expect(await text(endedReader('some').readline())).toBe('some');
      expect(await text(endedReader().readline())).toBe('');
    });
  });

  it('STR-014 drops a line that is too long, with what follows if its end has not come', async () => {
    await run(async () => {
      const reader = new StreamReader(3);
      reader.feedData(Buffer.from('li'));
      reader.feedData(Buffer.from('ne1\nline2\nabc\n'));
      expect(await refusal(reader.readline())).toBe(
        'ValueError: Separator is found, but chunk is longer than limit',
      );
      expect(await text(reader.read(6))).toBe('line2\n');
      expect(await text(reader.readline())).toBe('abc\n');

      reader.feedData(Buffer.from('without end'));
      expect(await refusal(reader.readline())).toBe(
        'ValueError: Separator is not found, and chunk exceed the limit',
      );
      reader.feedData(Buffer.from('abc'));
      feedLater(reader, ['\n']);
      expect(await text(reader.readline())).toBe('abc\n');
    });
  });

  it('STR-014 drops a line that becomes too long while it is read', async () => {
    await run(async () => {
      const reader = new StreamReader(7);
      feedLater(reader, ['chunk1', 'chunk2', 'chunk3\n', 'ok\n']);
      expect((await errorOf(reader.readline())).name).toBe('ValueError');
      expect(await text(reader.readline())).toBe('chunk3\n');
      expect(await text(reader.readline())).toBe('ok\n');
    });
  });

  it.each([
    [['AAA'], 'AAA', ['1AAA2AAA']],
    [['separator'], 'se|parator', ['some sepa', 'rator', 'rest', 'separator']],
    [['\r\n'], '\r\n', ['a\r', '\nb\r\r', '\n']],
    [['abab'], 'abab', ['aab', 'a', 'a', 'b', 'ab', 'x']],
  ] as const)('STR-015 finds %j however it is cut', async ([separator], _, pieces) => {
    await run(async () => {
      const whole = pieces.join('');
      const expected = whole.slice(0, whole.indexOf(separator) + separator.length);
      const reader = new StreamReader();
      feedLater(reader, pieces);
      expect(await text(reader.readuntil(Buffer.from(separator)))).toBe(expected);
      expect(await text(reader.read())).toBe(whole.slice(expected.length));
    });
  });

  it('STR-015 takes a newline if no separator is given', async () => {
    await run(async () => {
      expect(await text(readerOf('a\nb').readuntil())).toBe('a\n');
    });
  });

  it('STR-016 refuses what is no separator', async () => {
    await run(async () => {
      const reader = readerOf(LINES);
      expect(await refusal(reader.readuntil(Buffer.alloc(0)))).toBe(
        'ValueError: Separator should be at least one-byte string',
      );
      expect(await refusal(reader.readuntil([Buffer.from('a'), Buffer.alloc(0)]))).toBe(
        'ValueError: Separator should be at least one-byte string',
      );
      expect(await refusal(reader.readuntil([]))).toBe(
        'ValueError: Separator should contain at least one element',
      );
      expect(await refusal(reader.readuntil('\n' as never))).toBe(
        'TypeError: Expected separator to be bytes or an array of bytes, got "\\n"',
      );
      expect(await refusal(reader.readuntil(['\n'] as never))).toBe(
        'TypeError: Expected separator to be bytes or an array of bytes, got "\\n"',
      );
    });
  });

  it.each([
    ['ABCDEFG', ['DEF', 'BCDE'], 'ABCDE'],
    ['ABCDEFG', ['BCDE', 'DEF'], 'ABCDE'],
    ['simple sep', ['x', 'sep', 'sim'], 'sim'],
    ['one\rtwo\n', ['\n', '\r'], 'one\r'],
    ['ABC', ['ABC', 'BC'], 'ABC'],
  ] as const)('STR-017 in %j, of %j the one that ends first wins', async (data, list, found) => {
    await run(async () => {
      const separators = list.map((each) => Buffer.from(each));
      expect(await text(readerOf(data).readuntil(separators))).toBe(found);
      const reader = new StreamReader();
      feedLater(reader, data.split(''));
      expect(await text(reader.readuntil(separators))).toBe(found);
    });
  });

  it('STR-017 looks again where a longer separator may have begun', async () => {
    await run(async () => {
      const reader = readerOf('data');
      feedLater(reader, ['se', 'p']);
      const separators = [Buffer.from('A'), Buffer.from('long separator'), Buffer.from('sep')];
      expect(await text(reader.readuntil(separators))).toBe('datasep');
    });
  });

  it('STR-018 leaves what is over the limit, and says how much of it is data', async () => {
    await run(async () => {
      const reader = new StreamReader(3);
      reader.feedData(Buffer.from('some dataAA'));
      expect(await errorOf(reader.readuntil(Buffer.from('AAA')))).toMatchObject({
        name: 'LimitOverrunError',
        message: 'Separator is not found, and chunk exceed the limit',
        consumed: 9,
      });
      reader.feedData(Buffer.from('A'));
      expect(await errorOf(reader.readuntil(Buffer.from('AAA')))).toMatchObject({
        name: 'LimitOverrunError',
        message: 'Separator is found, but chunk is longer than limit',
        consumed: 9,
      });
      expect(await text(reader.readexactly(12))).toBe('some dataAAA');
      reader.feedData(Buffer.from('some dataA'));
      expect(
        await errorOf(reader.readuntil([Buffer.from('A'), Buffer.from('ome dataA')])),
      ).toMatchObject({ consumed: 9 });
    });
  });

  it('STR-019 says what came before the end, without an expected size', async () => {
    await run(async () => {
      const reader = endedReader('some dataAA');
      expect(await errorOf(reader.readuntil(Buffer.from('AAA')))).toMatchObject({
        name: 'IncompleteReadError',
        message: '11 bytes read on a total of undefined expected bytes',
        expected: null,
        partial: Buffer.from('some dataAA'),
      });
      expect(reader.atEof()).toBe(true);
    });
  });

  it('STR-020 is at its end once that came and everything is read', async () => {
    await run(async () => {
      const reader = readerOf('some data\n');
      expect(reader.atEof()).toBe(false);
      reader.feedEof();
      expect(reader.atEof()).toBe(false);
      await reader.readline();
      expect(reader.atEof()).toBe(true);
      expect(() => reader.feedData(Buffer.from('x'))).toThrow('feed_data after feed_eof');
    });
  });

  it('STR-020 takes no notice of empty data, and refuses what is none', async () => {
    await run(async () => {
      const reader = new StreamReader();
      const read = getRunningLoop().createTask(() => reader.read(1));
      await sleep(0);
      reader.feedData(Buffer.alloc(0));
      await sleep(0);
      await sleep(0);
      expect(read.done()).toBe(false);
      expect(() => reader.feedData('text' as never)).toThrow('Expected data to be a Uint8Array');
      reader.feedData(new Uint8Array([97]));
      expect(await read).toEqual(Buffer.from('a'));
    });
  });

  it('STR-021 fails the read that waits, and all later ones', async () => {
    await run(async () => {
      const reader = new StreamReader();
      expect(reader.exception()).toBeNull();
      const waiting = getRunningLoop().createTask(() => reader.read(2));
      await sleep(0);
      const reset = new Error('reset');
      reader.setException(reset);
      expect(await errorOf(waiting)).toBe(reset);
      expect(reader.exception()).toBe(reset);
      for (const read of [
        () => reader.read(),
        () => reader.readline(),
        () => reader.readexactly(1),
        () => reader.readuntil(),
        () => reader[Symbol.asyncIterator]().next(),
      ]) {
        expect(await errorOf(read())).toBe(reset);
      }
    });
  });

  it('STR-021 fails a read that has been woken by too little, where CPython would wait for ever', async () => {
    await run(async () => {
      const reader = new StreamReader();
      const line = getRunningLoop().createTask(() => reader.readline());
      await sleep(0);
      reader.feedData(Buffer.from('half a l'));
      reader.setException(new Error('reset'));
      expect((await errorOf(line)).message).toBe('reset');
    });
  });

  it('STR-022 lets one coroutine wait at a time', async () => {
    await run(async () => {
      const loop = getRunningLoop();
      const reader = new StreamReader();
      const first = loop.createTask(() => reader.read(1));
      await sleep(0);
      const message = 'called while another coroutine is already waiting for incoming data';
      expect(await refusal(reader.read(1))).toBe(`RuntimeError: read() ${message}`);
      expect(await refusal(reader.readline())).toBe(`RuntimeError: readuntil() ${message}`);
      expect(await refusal(reader.readexactly(1))).toBe(`RuntimeError: readexactly() ${message}`);
      reader.feedData(Buffer.from('x'));
      expect(await text(first)).toBe('x');
    });
  });

  it.each([
    ['read', (reader: StreamReader) => reader.read(9)],
    ['read to the end', (reader: StreamReader) => reader.read()],
    ['readexactly', (reader: StreamReader) => reader.readexactly(9)],
    ['readline', (reader: StreamReader) => reader.readline()],
  ] as const)('STR-023 a cancelled %s loses no data', async (_, read) => {
    await run(async () => {
      const loop = getRunningLoop();
      const reader = new StreamReader();
      const waiting = loop.createTask(() => read(reader));
      await sleep(0);
      reader.feedData(Buffer.from('some '));
      waiting.cancel();
      expect((await errorOf(waiting)).name).toBe('CancelledError');
      feedLater(reader, ['data']);
      expect(await text(reader.read())).toBe('some data');
    });
  });

  it('STR-023 can be cancelled before anything comes, and read again', async () => {
    await run(async () => {
      const reader = new StreamReader();
      const waiting = getRunningLoop().createTask(() => reader.read(2));
      await sleep(0);
      waiting.cancel();
      reader.setException(new Error('too late for the first'));
      expect((await errorOf(waiting)).name).toBe('CancelledError');
      expect((await errorOf(reader.read(2))).message).toBe('too late for the first');
    });
  });

  it('STR-024 pauses above twice the limit, and goes on when the limit is left', async () => {
    await run(async () => {
      const reader = new StreamReader(4);
      const transport = new PausingTransport();
      reader.setTransport(transport);
      reader.feedData(Buffer.alloc(8));
      expect(transport.calls).toEqual([]);
      reader.feedData(Buffer.alloc(1));
      expect(transport.calls).toEqual(['pause']);
      reader.feedData(Buffer.alloc(1));
      await reader.read(5);
      expect(transport.calls).toEqual(['pause']);
      await reader.readexactly(1);
      expect(transport.calls).toEqual(['pause', 'resume']);
      expect(() => reader.setTransport(transport)).toThrow('Transport already set');
    });
  });

  it('STR-024 does not hang when more is wanted than the limit allows', async () => {
    await run(async () => {
      const reader = new StreamReader(2);
      const transport = new PausingTransport();
      reader.setTransport(transport);
      reader.feedData(Buffer.from('abcdef'));
      expect(transport.calls).toEqual(['pause']);
      feedLater(reader, ['ghij', 'klmn', 'op'], false);
      expect(await text(reader.readexactly(12))).toBe('abcdefghijkl');
      expect(transport.calls.slice(0, 2)).toEqual(['pause', 'resume']);
      expect(await text(reader.read(9))).toBe('mn');
      expect(transport.calls.at(-1)).toBe('resume');
    });
  });

  it('STR-024 pauses again when the read of too much is cancelled', async () => {
    await run(async () => {
      const reader = new StreamReader(2);
      const transport = new PausingTransport();
      reader.setTransport(transport);
      const waiting = getRunningLoop().createTask(() => reader.read());
      await sleep(0);
      reader.feedData(Buffer.alloc(100));
      expect(transport.calls).toEqual([]);
      waiting.cancel();
      await errorOf(waiting);
      expect(transport.calls).toEqual(['pause']);
    });
  });

  it('STR-024 does without, where a transport cannot be paused', async () => {
    await run(async () => {
      const reader = new StreamReader(2);
      reader.setTransport(new PausingTransport({ canPause: false }));
      reader.feedData(Buffer.alloc(100));
      expect(reader.toString()).toBe('<StreamReader 100 bytes limit=2>');
      await sleep(0);
    });
  });

  it('STR-024 resumes when a line that is too long has been dropped', async () => {
    await run(async () => {
      const reader = new StreamReader(3);
      const transport = new PausingTransport();
      reader.setTransport(transport);
      reader.feedData(Buffer.from('far too long'));
      await errorOf(reader.readline());
      expect(transport.calls).toEqual(['pause', 'resume']);
    });
  });

  it('STR-025 is an iterable of lines, the last one perhaps without its newline', async () => {
    await run(async () => {
      const reader = new StreamReader();
      feedLater(reader, ['a\nb', 'b\n\nlast']);
      const lines: string[] = [];
      for await (const line of reader) lines.push(line.toString());
      expect(lines).toEqual(['a\n', 'bb\n', '\n', 'last']);
    });
    await run(function* () {
      const lines = endedReader('x\ny')[Symbol.asyncIterator]();
      expect(yield* lines.next()).toEqual({ done: false, value: Buffer.from('x\n') });
      expect(yield* lines.next()).toEqual({ done: false, value: Buffer.from('y') });
      expect(yield* lines.next()).toEqual({ done: true, value: undefined });
    });
  });

  it('shows its state in its text', async () => {
    await run(async () => {
      const reader = new StreamReader(123);
      expect(String(reader)).toBe('<StreamReader limit=123>');
      reader.feedData(Buffer.from('data'));
      reader.feedEof();
      expect(String(reader)).toBe('<StreamReader 4 bytes eof limit=123>');
      reader.setException(new Error('lost'));
      expect(String(reader)).toBe('<StreamReader 4 bytes eof limit=123 exception=Error: lost>');
      await sleep(0);
    });
  });
});
