import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, constants, openSync } from 'node:fs';
import { promisify } from 'node:util';
import { type EventLoop, getRunningLoop } from '@loop/core';
import { Protocol, type ReadTransport, type WriteTransport } from '@loop/net';
import { pipe } from '@loop/posix';
import { describe, expect, it } from 'vitest';
import { inLoop } from '../../test/in-loop.ts';
import { backends } from '../../test/backends.ts';

const hasSocat = spawnSync('socat', ['-V']).status === 0;

/** The other side of a terminal: what it shows comes out of `child`, what is typed goes in. */
async function openTerminal(): Promise<{ child: ChildProcess; path: string }> {
  const child = spawn('socat', ['-d', '-d', 'PTY,raw,echo=0,wait-slave', '-'], {
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let log = '';
  for (;;) {
    const [chunk] = (await once(child.stderr, 'data')) as [Buffer];
    log += chunk.toString();
    const path = /PTY is (\S+)\n/.exec(log)?.[1];
    if (path !== undefined) {
      child.stderr.resume();
      return { child, path };
    }
  }
}

class Reader extends Protocol {
  readonly trace: string[] = [];
  readonly lost = getRunningLoop().createFuture<Error | null>();
  #arrived = getRunningLoop().createFuture<void>();
  text = '';

  override dataReceived(data: Buffer): void {
    this.text += data.toString();
    if (!this.#arrived.done()) this.#arrived.setResult();
  }

  async until(text: string): Promise<void> {
    while (!this.text.includes(text)) {
      this.#arrived = getRunningLoop().createFuture();
      await this.#arrived;
    }
  }

  override eofReceived(): void {
    this.trace.push('eof');
  }

  override connectionLost(error: Error | null): void {
    this.trace.push('lost');
    this.lost.setResult(error);
  }
}

describe.skipIf(!hasSocat).each(backends)('a terminal, with %s (needs socat)', (_, makeLoop) => {
  const onTerminal = (
    body: (loop: EventLoop, child: ChildProcess, fd: number) => Promise<void>,
  ): Promise<void> =>
    inLoop(makeLoop, async (loop) => {
      const { child, path } = await openTerminal();
      try {
        const fd = openSync(path, constants.O_RDWR | constants.O_NOCTTY | constants.O_NONBLOCK);
        await body(loop, child, fd);
      } finally {
        child.kill('SIGKILL');
      }
    });

  it('PIPE-004 PIPE-017 serves a read and a write transport at the same time', async () => {
    await onTerminal(async (loop, child, fd) => {
      const second = openSync(`/proc/self/fd/${fd}`, constants.O_RDWR | constants.O_NOCTTY);
      const [input, reader] = await loop.connectReadPipe(() => new Reader(), fd);
      const [output, writer] = await loop.connectWritePipe(() => new Reader(), second);
      output.write(Buffer.from('to the screen\n'));
      let seen = '';
      for await (const chunk of child.stdout!) {
        seen += String(chunk);
        if (seen.includes('\n')) break;
      }
      expect(seen).toContain('to the screen');
      child.stdin!.write('typed\n');
      await reader.until('typed');
      // What is typed says nothing of the end of the writing side.
      expect([output.isClosing(), input.isClosing()]).toEqual([false, false]);
      await closeBoth(input, output, reader, writer);
    });
  });

  it('PIPE-008 ends with EIO when the other side goes, which is not reported', async () => {
    await onTerminal(async (loop, child, fd) => {
      const reports: unknown[] = [];
      loop.setExceptionHandler((__, context) => reports.push(context.message));
      const [, reader] = await loop.connectReadPipe(() => new Reader(), fd);
      child.stdin!.write('last words\n');
      await reader.until('last words');
      const gone = once(child, 'close');
      child.kill('SIGKILL');
      const error = await reader.lost;
      await gone;
      // Linux says EIO, or that the stream has ended.
      expect(error === null || (error as { code?: string }).code === 'EIO').toBe(true);
      expect(reports).toEqual([]);
    });
  });
});

async function closeBoth(
  input: ReadTransport,
  output: WriteTransport,
  reader: Reader,
  writer: Reader,
): Promise<void> {
  input.close();
  output.close();
  await Promise.all([reader.lost, writer.lost]);
}

describe('pipes that fail', () => {
  it.each(backends)('PIPE-008 reports a read error with %s', async (_, makeLoop, backend) => {
    await inLoop(makeLoop, async (loop) => {
      const reports: unknown[] = [];
      loop.setExceptionHandler((__, context) => reports.push(context.message));
      const [readable, writable] = pipe();
      // The wrong end: when its reader goes it reports an error, and cannot be read.
      const [, reader] = await loop.connectReadPipe(() => new Reader(), writable);
      closeSync(readable);
      // libuv knows by itself which end it was given.
      const code = backend === 'proactor' ? 'ENOTCONN' : 'EBADF';
      expect(await reader.lost).toMatchObject({ code });
      expect(reports).toEqual(['Fatal read error on pipe transport']);
    });
  });

  it('PIPE-018 says so where the platform has none', async () => {
    const program = new URL('../../test/fixtures/no-ffi.ts', import.meta.url).pathname;
    const flags = ['--import', 'tsx', '--conditions=@loop/source'];
    const { stdout } = await promisify(execFile)(process.execPath, [...flags, program]);
    expect(stdout).toBe(
      'connectReadPipe NotImplementedError\nconnectWritePipe NotImplementedError\n',
    );
  });
});
