import { spawn } from 'node:child_process';
import { closeSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { PassThrough } from 'node:stream';
import { OSError, ProactorEventLoop, socketpair } from '@loop/net';
import { pipe } from '@loop/posix';
import { tryWrite } from '@loop/posix/internal';
import { describe, expect, it } from 'vitest';
import { inLoop } from '../../test/in-loop.ts';
import { Recorder } from '../../test/recorder.ts';

const makeLoop = (): ProactorEventLoop => new ProactorEventLoop();

/** Writes down what happens to it; a pipe that is written to receives nothing. */
const recorder = (): Recorder => new Recorder();

describe('pipes on the proactor', () => {
  it("PIPE-001 PIPE-002 are the streams of a child as well, which Node's own code has opened", async () => {
    await inLoop(makeLoop, async (loop) => {
      const child = spawn('cat', { stdio: ['pipe', 'pipe', 'inherit'] });
      const [input, writer] = await loop.connectWritePipe(recorder, child.stdin as never);
      const [output, reader] = await loop.connectReadPipe(recorder, child.stdout as never);
      expect(output.getExtraInfo('pipe')).toBe(child.stdout);
      input.write(Buffer.from('through a child'));
      expect((await reader.bytes(15)).toString()).toBe('through a child');
      input.close();
      expect(await writer.lost).toBeNull();
      expect(await reader.lost).toBeNull();
      expect(reader.trace).toEqual(['made', 'data', 'eof', 'lost']);
      expect([child.stdin.destroyed, child.stdout.destroyed]).toEqual([true, true]);
    });
  });

  it('PIPE-010 PIPE-011 are any streams of Node', async () => {
    await inLoop(makeLoop, async (loop) => {
      const stream = new PassThrough();
      const [input, writer] = await loop.connectWritePipe(recorder, stream as never);
      const data = Buffer.alloc(300_000, 'x');
      const few = Buffer.from('few');
      input.write(few);
      few.fill('y');
      input.write(data);
      data.fill('y');
      expect(writer.trace).toEqual(['made', 'pause']);
      const [, reader] = await loop.connectReadPipe(recorder, stream as never);
      expect(/^fewx+$/.test((await reader.bytes(data.length + 3)).toString())).toBe(true);
      expect(writer.trace).toEqual(['made', 'pause', 'resume']);
      input.close();
      await writer.lost;
      await reader.lost;
    });
  });

  it('PIPE-002 close an object that can be closed, and leave its descriptor alone till then', async () => {
    await inLoop(makeLoop, async (loop) => {
      const [readFd, writeFd] = pipe();
      const handle = await open(`/proc/self/fd/${readFd}`);
      closeSync(readFd);
      const fd = handle.fd;
      const [transport, reader] = await loop.connectReadPipe(recorder, handle);
      tryWrite(writeFd, Buffer.from('hello'), 0, 5);
      expect((await reader.bytes(5)).toString()).toBe('hello');
      expect(handle.fd).toBe(fd);
      transport.close();
      await reader.lost;
      await handle.close();
      expect(handle.fd).toBe(-1);
      closeSync(writeFd);
    });
  });

  it('PIPE-013 count what comes by a socket that is written to as its end', async () => {
    await inLoop(makeLoop, async (loop) => {
      const [near, far] = socketpair();
      const [, writer] = await loop.connectWritePipe(recorder, near);
      far.send(Buffer.from('an answer'));
      expect(await writer.lost).toBeNull();
      far.close();
    });
  });

  it('PIPE-004 refuse devices that cannot be waited for', async () => {
    await inLoop(makeLoop, async (loop) => {
      const device = await open('/dev/null');
      const failure = loop.connectReadPipe(recorder, device.fd);
      await expect(failure).rejects.toBeInstanceOf(OSError);
      await device.close();
    });
  });
});
