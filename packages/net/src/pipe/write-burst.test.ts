import { closeSync, readSync } from 'node:fs';
import { type EventLoop, getRunningLoop, run, sleep } from '@loop/core';
import { Protocol, type WriteTransport } from '@loop/net';
import { pipe } from '@loop/posix';
import { setNonblocking } from '@loop/posix/internal';
import { describe, expect, it } from 'vitest';
import { selectorLoops } from '../../test/backends.ts';

/** A pipe whose writing end has a transport, read by hand. */
class Pair implements Disposable {
  readonly protocol: Writing;
  readonly writer: WriteTransport;
  #readFd: number | null;

  private constructor(writer: WriteTransport, readFd: number, protocol: Writing) {
    this.writer = writer;
    this.#readFd = readFd;
    this.protocol = protocol;
  }

  static async open(loop: EventLoop): Promise<Pair> {
    const [readFd, writeFd] = pipe();
    setNonblocking(readFd);
    const protocol = new Writing();
    const [writer] = await loop.connectWritePipe(() => protocol, writeFd);
    await sleep(0);
    return new Pair(writer, readFd, protocol);
  }

  write(...texts: string[]): void {
    for (const text of texts) this.writer.write(Buffer.from(text));
  }

  /** What has been written so far. */
  arrived(): string {
    const room = Buffer.alloc(1 << 20);
    try {
      return room.toString('latin1', 0, readSync(this.#readFd as number, room));
    } catch {
      return '';
    }
  }

  stopReading(): void {
    if (this.#readFd !== null) closeSync(this.#readFd);
    this.#readFd = null;
  }

  [Symbol.dispose](): void {
    this.writer.abort();
    this.stopReading();
  }
}

class Writing extends Protocol {
  readonly lost = getRunningLoop().createFuture<Error | null>();
  readonly calls: string[] = [];
  override pauseWriting(): void {
    this.calls.push('pause');
  }
  override resumeWriting(): void {
    this.calls.push('resume');
  }
  override connectionLost(error: Error | null): void {
    this.lost.setResult(error);
  }
}

describe.each(selectorLoops)('writes of one iteration to a pipe with %s', (_, makeLoop) => {
  const withPair = (body: (pair: Pair) => Promise<void>): Promise<void> =>
    run(
      async () => {
        using pair = await Pair.open(getRunningLoop());
        await body(pair);
        pair.writer.abort();
        await pair.protocol.lost;
      },
      { loopFactory: () => makeLoop() },
    );

  it('PIPE-010 go out at once, if there is one', async () => {
    await withPair(async (pair) => {
      for (const text of ['a', 'b']) {
        pair.write(text);
        expect(pair.arrived()).toBe(text);
        await sleep(0);
      }
    });
  });

  it('PIPE-010 go out together behind the first, and with it when that has happened before', async () => {
    await withPair(async (pair) => {
      pair.write('a', 'b', 'c');
      expect(pair.arrived()).toBe('a');
      await sleep(0);
      expect(pair.arrived()).toBe('bc');
      pair.write('d', 'e');
      expect(pair.arrived()).toBe('');
      await sleep(0);
      expect(pair.arrived()).toBe('de');
      pair.write('f');
      expect(pair.arrived()).toBe('');
      await sleep(0);
      expect(pair.arrived()).toBe('f');
      pair.write('g');
      expect(pair.arrived()).toBe('g');
    });
  });

  it('have gone out for whoever asks what is left', async () => {
    await withPair(async (pair) => {
      pair.write('a', 'b', 'c');
      expect(pair.writer.getWriteBufferSize()).toBe(0);
      expect(pair.arrived()).toBe('abc');
    });
  });

  it('keep their order with large ones and with writelines()', async () => {
    await withPair(async (pair) => {
      const large = 'L'.repeat(20_000);
      pair.write('a', 'b', large, 'c');
      pair.writer.writelines(['d', 'e', ''].map((text) => Buffer.from(text)));
      pair.write('f');
      await sleep(0);
      expect(pair.arrived()).toBe(`ab${large}cdef`);
    });
  });

  it('may use their buffer again', async () => {
    await withPair(async (pair) => {
      const buffer = Buffer.alloc(1);
      for (const text of 'abcd') {
        buffer.write(text);
        pair.writer.write(buffer);
      }
      await sleep(0);
      expect(pair.arrived()).toBe('abcd');
    });
  });

  it.each(['close', 'abort'] as const)('PIPE-011 are not lost by %s()', async (method) => {
    await withPair(async (pair) => {
      pair.write('a', 'b', 'c');
      pair.writer[method]();
      expect(await pair.protocol.lost).toBe(null);
      expect(pair.arrived()).toBe('abc');
    });
  });

  it('are more than one call takes, and than the pipe: writing pauses, and all of it arrives', async () => {
    await withPair(async (pair) => {
      const sent: string[] = [];
      for (let index = 0; index < 400; index += 1) {
        const text = `${index}-`.padEnd(1 + ((index * 37) % 1500), 'x');
        sent.push(text);
        pair.write(text);
      }
      expect(pair.protocol.calls).toEqual(['pause']);
      let received = '';
      while (received.length < sent.join('').length) {
        received += pair.arrived();
        await sleep(0);
      }
      expect(received).toBe(sent.join(''));
      expect(pair.protocol.calls).toEqual(['pause', 'resume']);
    });
  });

  it('pause, where what was written last finds no room', async () => {
    await withPair(async (pair) => {
      pair.writer.setWriteBufferLimits(0);
      pair.write('x'.repeat(65_530));
      pair.write('y'.repeat(10));
      expect(pair.protocol.calls).toEqual([]);
      await sleep(0);
      expect(pair.protocol.calls).toEqual(['pause']);
      let received = pair.arrived();
      while (pair.protocol.calls.length < 2) await sleep(0);
      received += pair.arrived();
      expect(received).toBe('x'.repeat(65_530) + 'y'.repeat(10));
    });
  });

  it('PIPE-012 tell that the reader has gone', async () => {
    await withPair(async (pair) => {
      pair.write('a', 'b');
      await sleep(0);
      pair.stopReading();
      pair.write('c', 'd');
      expect(pair.writer.isClosing()).toBe(false);
      const error = await pair.protocol.lost;
      expect(error).toMatchObject({ code: 'EPIPE' });
      expect(pair.writer.isClosing()).toBe(true);
    });
  });

  it('go out when a callback throws behind them, and of all pipes', async () => {
    await run(
      async () => {
        const loop = getRunningLoop();
        loop.setExceptionHandler(() => {});
        using one = await Pair.open(loop);
        using other = await Pair.open(loop);
        loop.callSoon(() => {
          one.write('a', 'b');
          other.write('c', 'd');
          throw new Error('in the middle');
        });
        await sleep(0);
        await sleep(0);
        expect([one.arrived(), other.arrived()]).toEqual(['ab', 'cd']);
        for (const pair of [one, other]) {
          pair.writer.close();
          await pair.protocol.lost;
        }
      },
      { loopFactory: () => makeLoop() },
    );
  });
});
