import { closeSync, readSync } from 'node:fs';
import { type EventLoop, getRunningLoop, run, sleep } from '@loop/core';
import { Protocol } from '@loop/net';
import { pipe } from '@loop/posix';
import { growPipe } from '@loop/posix/internal';
import { describe, expect, it } from 'vitest';
import { selectorLoops } from '../../test/backends.ts';

describe.each(selectorLoops)('a busy pipe with %s', (_, makeLoop) => {
  const withLoop = (body: (loop: EventLoop) => Promise<void>): Promise<void> =>
    run(() => body(getRunningLoop()), { loopFactory: () => makeLoop() });

  it.runIf(process.platform === 'linux')(
    'is made larger when it is full again and again',
    async () => {
      await withLoop(async (loop) => {
        const [readFd, writeFd] = pipe();
        class Counting extends Protocol {
          readonly lost = loop.createFuture<void>();
          received = 0;
          most = 0;
          override dataReceived(data: Buffer): void {
            this.received += data.length;
            this.most = Math.max(this.most, data.length);
          }
          override connectionLost(): void {
            this.lost.setResult();
          }
        }
        const [, reader] = await loop.connectReadPipe(() => new Counting(), readFd);
        const [writer] = await loop.connectWritePipe(() => new Protocol(), writeFd);
        writer.write(Buffer.alloc(2 << 20));
        writer.close();
        await reader.lost;
        expect(reader.received).toBe(2 << 20);
        expect(reader.most).toBeGreaterThan(64 << 10);
      });
    },
  );

  it.runIf(process.platform === 'linux').each([
    ['every write fills it', [64]],
    ['every second write finds no room', [40, 40]],
  ])('is made larger when %s', async (_name, kilobytes) => {
    await withLoop(async (loop) => {
      const [readFd, writeFd] = pipe();
      const [writer] = await loop.connectWritePipe(() => new Protocol(), writeFd);
      const room = Buffer.alloc(128 << 10);
      for (let time = 0; time < 8; time += 1) {
        for (const size of kilobytes) writer.write(Buffer.alloc(size << 10));
        let left = kilobytes.reduce((sum, size) => sum + (size << 10), 0);
        while (left > 0) {
          left -= readSync(readFd, room);
          // What found no room follows.
          while (writer.getWriteBufferSize() > 0) await sleep(0);
        }
      }
      writer.write(Buffer.alloc(256 << 10));
      expect(writer.getWriteBufferSize()).toBe(0);
      writer.abort();
      closeSync(readFd);
    });
  });

  it.runIf(process.platform === 'linux')('stays as it is where the system refuses', () => {
    const [readFd, writeFd] = pipe();
    expect(growPipe(writeFd, 128 << 10)).toBe(true);
    expect(growPipe(readFd, 2 ** 30)).toBe(false);
    closeSync(readFd);
    closeSync(writeFd);
    expect(growPipe(readFd, 128 << 10)).toBe(false);
  });
});
