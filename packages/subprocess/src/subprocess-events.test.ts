import { Worker } from 'node:worker_threads';
import { getRunningLoop, newEventLoop, sleep } from '@loop/core';
import { tryWait } from '@loop/posix/internal';
import { createSubprocessExec, PIPE, SubprocessProtocol } from '@loop/subprocess';
import { describe, expect, it, vi } from 'vitest';
import { Traced, withLoop } from '../test/traced.ts';

describe('events of a child', () => {
  it('PROC-020 come through the loop, never from within a call of the transport', async () => {
    await withLoop(async (loop) => {
      const [transport, protocol] = await loop.subprocessExec(() => new Traced(), ['cat']);
      const before = [...protocol.trace];
      transport.getPipeTransport(0)?.write(Buffer.from('x'));
      transport.getPipeTransport(0)?.close();
      transport.kill();
      transport.close();
      expect(protocol.trace).toEqual(before);
      await protocol.finished;
      expect(protocol.trace.at(-1)).toBe('lost');
    });
  });

  it('PROC-020 pausing and resuming come directly', async () => {
    await withLoop(async (loop) => {
      const trace: string[] = [];
      class Flow extends SubprocessProtocol {
        override pauseWriting(): void {
          trace.push('pause');
        }
        override resumeWriting(): void {
          trace.push('resume');
        }
      }
      const [transport] = await loop.subprocessExec(() => new Flow(), ['cat'], {
        stdout: null,
      });
      transport.getPipeTransport(0)?.setWriteBufferLimits(0);
      transport.sendSignal('SIGSTOP');
      for (let n = 0; n < 100 && trace.length === 0; n += 1) {
        transport.getPipeTransport(0)?.write(Buffer.alloc(65536));
      }
      expect(trace).toEqual(['pause']);
      transport.close();
      await transport.wait();
    });
  });

  it('PROC-020 hands what one throws to the exception handler, and goes on', async () => {
    await withLoop(async (loop) => {
      const reports: unknown[] = [];
      loop.setExceptionHandler((_, { exception }) => void reports.push(exception));
      const broken = new Error('broken');
      class Broken extends Traced {
        override pipeDataReceived(): void {
          throw broken;
        }
      }
      const [, protocol] = await loop.subprocessExec(() => new Broken(), ['echo', 'x']);
      await protocol.finished;
      expect(reports).toEqual([broken]);
    });
  });
});

describe('the end of a child', () => {
  it('PROC-031 is noticed without a handler for SIGCHLD', async () => {
    await withLoop(async () => {
      const child = await createSubprocessExec('true');
      expect(process.listenerCount('SIGCHLD')).toBe(0);
      expect(await child.wait()).toBe(0);
    });
  });

  it('PROC-031 is noticed by the loop of a worker thread', async () => {
    const file = new URL('../test/fixtures/child-of-worker.mjs', import.meta.url);
    const execArgv = ['--conditions=@loop/source'];
    const worker = new Worker(file, { execArgv });
    const said = await new Promise((resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', reject);
    });
    expect(said).toEqual(['from a worker\n', 0]);
    await worker.terminate();
  });

  it('PROC-032 is reported as 255, with a warning, where somebody else has taken the status', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    await withLoop(async () => {
      const child = await createSubprocessExec('true');
      const pause = new Int32Array(new SharedArrayBuffer(4));
      // The loop has no turn in which it could be first.
      while (tryWait(child.pid) === null) Atomics.wait(pause, 0, 0, 1);
      expect(await child.wait()).toBe(255);
      expect(warn.mock.calls.join()).toMatch(
        /exit status already read: ?will report returncode 255/,
      );
    });
    warn.mockRestore();
  });

  it('PROC-033 is dropped where the loop is closed before, without an error', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    const loop = newEventLoop();
    let pid = 0;
    await loop.runUntilComplete(async () => {
      const child = await createSubprocessExec('cat', [], { stdin: PIPE });
      pid = child.pid;
      expect(getRunningLoop()).toBe(loop);
      await sleep(0);
    });
    loop.close();
    expect(() => process.kill(pid, 0)).toThrow('ESRCH');
    warn.mockRestore();
  });
});
