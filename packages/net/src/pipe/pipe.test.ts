import { execFileSync } from 'node:child_process';
import { closeSync, constants, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getRunningLoop, run, sleep, ValueError, type EventLoop } from '@loop/core';
import {
  BufferedProtocol,
  OSError,
  Protocol,
  ReadTransport,
  socketpair,
  WriteTransport,
} from '@loop/net';
import { pipe } from '@loop/posix';
import { tryRead, tryWrite } from '@loop/posix/internal';
import { describe, expect, it, vi } from 'vitest';
import { backends } from '../../test/backends.ts';
import { TemporaryFolder } from '../../test/temporary-folder.ts';

/** Writes down what happens to it. */
class Traced extends Protocol {
  readonly trace: string[] = [];
  readonly lost = getRunningLoop().createFuture<Error | null>();

  override connectionMade(): void {
    this.trace.push('made');
  }

  override dataReceived(data: Buffer): void {
    this.trace.push(data.toString());
  }

  override eofReceived(): unknown {
    this.trace.push('eof');
    return true;
  }

  override pauseWriting(): void {
    this.trace.push('pause');
  }

  override resumeWriting(): void {
    this.trace.push('resume');
  }

  override connectionLost(error: Error | null): void {
    this.trace.push('lost');
    this.lost.setResult(error);
  }
}

function readAll(fd: number): string {
  const buffer = Buffer.alloc(1 << 20);
  let text = '';
  for (let count = tryRead(fd, buffer, 0, buffer.length); count > 0;) {
    text += buffer.toString('latin1', 0, count);
    count = tryRead(fd, buffer, 0, buffer.length);
  }
  return text;
}

describe.each(backends)('pipes with %s', (_, makeLoop) => {
  const withLoop = (body: (loop: EventLoop) => Promise<void>): Promise<void> =>
    run(() => body(getRunningLoop()), {
      loopFactory: () => makeLoop(),
    });

  it('PIPE-001 PIPE-002 PIPE-003 PIPE-005 reads to the end, each event a callback of its own', async () => {
    await withLoop(async (loop) => {
      const [readFd, writeFd] = pipe();
      const [transport, protocol] = await loop.connectReadPipe(() => new Traced(), readFd);
      expect(transport).toBeInstanceOf(ReadTransport);
      expect(transport.getExtraInfo('pipe')).toBe(readFd);
      expect(protocol.trace).toEqual(['made']);
      tryWrite(writeFd, Buffer.from('abc'), 0, 3);
      while (protocol.trace.length < 2) await sleep(0);
      closeSync(writeFd);
      expect(await protocol.lost).toBeNull();
      expect(protocol.trace).toEqual(['made', 'abc', 'eof', 'lost']);
      expect(() => closeSync(readFd)).toThrow(/EBADF/);
    });
  });

  it('reads into the memory of a buffered protocol', async () => {
    await withLoop(async (loop) => {
      class Filling extends BufferedProtocol {
        readonly lost = loop.createFuture<void>();
        readonly memory = Buffer.alloc(4);
        readonly trace: string[] = [];
        override getBuffer(): Uint8Array {
          return this.memory;
        }
        override bufferUpdated(count: number): void {
          this.trace.push(this.memory.toString('latin1', 0, count));
        }
        override eofReceived(): void {
          this.trace.push('eof');
        }
        override connectionLost(): void {
          this.lost.setResult();
        }
      }
      const [readFd, writeFd] = pipe();
      const [, protocol] = await loop.connectReadPipe(() => new Filling(), readFd);
      tryWrite(writeFd, Buffer.from('abcdefg'), 0, 7);
      closeSync(writeFd);
      await protocol.lost;
      expect(protocol.trace).toEqual(['abcd', 'efg', 'eof']);
    });
  });

  it('PIPE-001 PIPE-002 PIPE-010 serves a FIFO, each end by its own transport', async () => {
    using folder = new TemporaryFolder();
    const fifo = folder.file('fifo');
    execFileSync('mkfifo', [fifo]);
    await withLoop(async (loop) => {
      // A FIFO that is opened both ways waits for nobody.
      const both = openSync(fifo, constants.O_RDWR);
      const readFd = openSync(fifo, constants.O_RDONLY);
      const writeFd = openSync(fifo, constants.O_WRONLY);
      closeSync(both);
      const [, reader] = await loop.connectReadPipe(() => new Traced(), readFd);
      const [writing] = await loop.connectWritePipe(() => new Traced(), writeFd);
      writing.write(Buffer.from('through a FIFO'));
      writing.close();
      expect(await reader.lost).toBeNull();
      expect(reader.trace).toEqual(['made', 'through a FIFO', 'eof', 'lost']);
    });
  });

  it('PIPE-001 PIPE-002 PIPE-010 serves the two ends of a pair of sockets', async () => {
    await withLoop(async (loop) => {
      const [near, far] = socketpair();
      const [, reader] = await loop.connectReadPipe(() => new Traced(), near);
      const [writing, writer] = await loop.connectWritePipe(() => new Traced(), far);
      writing.write(Buffer.from('through a socket'));
      writing.close();
      expect(await writer.lost).toBeNull();
      expect(await reader.lost).toBeNull();
      expect(reader.trace).toEqual(['made', 'through a socket', 'eof', 'lost']);
      expect([near.fileno(), far.fileno()]).toEqual([-1, -1]);
    });
  });

  it('PIPE-003 leaves the pipe open when the factory throws', async () => {
    await withLoop(async (loop) => {
      const [readFd, writeFd] = pipe();
      const failing = (): Traced => {
        throw new Error('no protocol');
      };
      await expect(loop.connectReadPipe(failing, readFd)).rejects.toThrow('no protocol');
      await expect(loop.connectWritePipe(failing, writeFd)).rejects.toThrow('no protocol');
      closeSync(readFd);
      closeSync(writeFd);
    });
  });

  it('PIPE-004 refuses files and directories', async () => {
    await withLoop(async (loop) => {
      const folder = mkdtempSync(join(tmpdir(), 'loop-pipe-'));
      const path = join(folder, 'file');
      writeFileSync(path, '');
      const fd = openSync(path, 'r+');
      await expect(loop.connectReadPipe(() => new Traced(), fd)).rejects.toThrow(ValueError);
      await expect(loop.connectReadPipe(() => new Traced(), fd)).rejects.toThrow(
        'Pipe transport is for pipes/sockets only.',
      );
      await expect(loop.connectWritePipe(() => new Traced(), fd)).rejects.toThrow(
        'Pipe transport is only for pipes, sockets and character devices',
      );
      closeSync(fd);
      rmSync(folder, { recursive: true });
    });
  });

  it('PIPE-006 pauses and resumes reading, also when it is closed', async () => {
    await withLoop(async (loop) => {
      const [readFd, writeFd] = pipe();
      const [transport, protocol] = await loop.connectReadPipe(() => new Traced(), readFd);
      transport.pauseReading();
      transport.pauseReading();
      tryWrite(writeFd, Buffer.from('kept'), 0, 4);
      for (let i = 0; i < 5; i += 1) await sleep(0);
      expect([transport.isReading(), protocol.trace]).toEqual([false, ['made']]);
      transport.resumeReading();
      while (protocol.trace.length < 2) await sleep(0);
      expect(protocol.trace[1]).toBe('kept');
      transport.close();
      transport.pauseReading();
      transport.resumeReading();
      await protocol.lost;
      closeSync(writeFd);
    });
  });

  it('PIPE-007 closes without eof, and writers get EPIPE', async () => {
    await withLoop(async (loop) => {
      const [readFd, writeFd] = pipe();
      const [transport, protocol] = await loop.connectReadPipe(() => new Traced(), readFd);
      transport.close();
      transport.close();
      await protocol.lost;
      expect(protocol.trace).toEqual(['made', 'lost']);
      expect(tryWrite(writeFd, Buffer.from('x'), 0, 1)).toBeLessThan(0);
      closeSync(writeFd);
    });
  });

  it('PIPE-009 reports a protocol that throws, and stays open', async () => {
    await withLoop(async (loop) => {
      const [readFd, writeFd] = pipe();
      const reported: unknown[] = [];
      loop.setExceptionHandler((__, context) => reported.push(context.message));
      const [transport, protocol] = await loop.connectReadPipe(() => new Traced(), readFd);
      const original = protocol.dataReceived.bind(protocol);
      protocol.dataReceived = (data) => {
        protocol.dataReceived = original;
        throw new Error(String(data));
      };
      tryWrite(writeFd, Buffer.from('bad'), 0, 3);
      while (reported.length === 0) await sleep(0);
      tryWrite(writeFd, Buffer.from('good'), 0, 4);
      while (protocol.trace.length < 2) await sleep(0);
      expect(protocol.trace).toEqual(['made', 'good']);
      expect(String(reported[0])).toContain('Exception in callback');
      transport.close();
      await protocol.lost;
      closeSync(writeFd);
    });
  });

  it('PIPE-010 PIPE-011 writes at once, keeps the rest, and flushes before it closes', async () => {
    await withLoop(async (loop) => {
      const [readFd, writeFd] = pipe();
      const [transport, protocol] = await loop.connectWritePipe(() => new Traced(), writeFd);
      expect(transport).toBeInstanceOf(WriteTransport);
      transport.write(Buffer.from('abc'));
      expect(readAllNow(readFd, 3)).toBe('abc');
      const data = Buffer.alloc(1 << 20, 'x');
      transport.write(data);
      data.fill('y');
      expect(protocol.trace).toEqual(['made', 'pause']);
      expect(transport.getWriteBufferSize()).toBeGreaterThan(0);
      expect([transport.canWriteEof(), transport.getWriteBufferLimits()]).toEqual([
        true,
        [16384, 65536],
      ]);
      transport.close();
      transport.close();
      const [reader, received] = await loop.connectReadPipe(() => new Traced(), readFd);
      expect(await protocol.lost).toBeNull();
      await received.lost;
      const text = received.trace.slice(1, -2).join('');
      expect([text.length, /^x+$/.test(text)]).toEqual([1 << 20, true]);
      expect(protocol.trace).toEqual(['made', 'pause', 'resume', 'lost']);
      expect(reader.isClosing()).toBe(true);
      expect(() => transport.write('text' as never)).toThrow("not 'string'");
    });
  });

  it('PIPE-012 PIPE-013 notices that the reader has gone', async () => {
    await withLoop(async (loop) => {
      const [readFd, writeFd] = pipe();
      const [, idle] = await loop.connectWritePipe(() => new Traced(), writeFd);
      closeSync(readFd);
      expect(await idle.lost).toBeNull();
      const [readFd2, writeFd2] = pipe();
      const [transport, busy] = await loop.connectWritePipe(() => new Traced(), writeFd2);
      transport.write(Buffer.alloc(1 << 20));
      closeSync(readFd2);
      expect(await busy.lost).toMatchObject({ code: 'EPIPE' });
      const [near, far] = socketpair();
      const [, bySocket] = await loop.connectWritePipe(() => new Traced(), near);
      far.close();
      expect(await bySocket.lost).toBeNull();
    });
  });

  it('PIPE-014 PIPE-015 drops writes after an error, and warns of the later ones', async () => {
    await withLoop(async (loop) => {
      const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
      const [readFd, writeFd] = pipe();
      const [transport, protocol] = await loop.connectWritePipe(() => new Traced(), writeFd);
      closeSync(readFd);
      for (let i = 0; i < 5; i += 1) transport.write(Buffer.from('x'));
      expect(await protocol.lost).toBeInstanceOf(OSError);
      expect(warn).toHaveBeenCalledWith(
        'pipe closed by peer or os.write(pipe, data) raised exception.',
      );
      warn.mockRestore();
    });
  });

  it('PIPE-016 aborts at once', async () => {
    await withLoop(async (loop) => {
      const [readFd, writeFd] = pipe();
      const [transport, protocol] = await loop.connectWritePipe(() => new Traced(), writeFd);
      transport.write(Buffer.from('sent'));
      transport.abort();
      expect(await protocol.lost).toBeNull();
      expect(readAll(readFd)).toBe('sent');
      closeSync(readFd);
    });
  });
});

function readAllNow(fd: number, length: number): string {
  const buffer = Buffer.alloc(length);
  tryRead(fd, buffer, 0, length);
  return buffer.toString();
}
