import { ChildProcess, execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { getRunningLoop, type Future } from '@loop/core';
import type { WriteTransport } from '@loop/net';
import {
  DEVNULL,
  PIPE,
  STDOUT,
  SubprocessProtocol,
  type SubprocessTransport,
} from '@loop/subprocess';
import { beforeEach, describe, expect, it } from 'vitest';
import { loops, node, openDescriptors, Traced, useLoops, withLoop } from '../test/traced.ts';

describe.each(loops)('with the %s', (backend, makeLoop) => {
  beforeEach(() => useLoops(makeLoop));

  describe('much data', () => {
    it('goes through a child, 256 MB, in bounded memory', async () => {
      await withLoop(async (loop) => {
        const size = 256 << 20;
        const [transport, meter] = await loop.subprocessExec(() => new Meter(), ['cat']);
        const chunk = Buffer.alloc(256 << 10, 'x');
        const stdin = transport.getPipeTransport(0) as WriteTransport;
        globalThis.gc?.();
        const before = process.memoryUsage().arrayBuffers;
        for (let sent = 0; sent < size; sent += chunk.length) {
          stdin.write(chunk);
          await meter.drained();
          meter.most = Math.max(meter.most, stdin.getWriteBufferSize());
        }
        stdin.close();
        await meter.finished;
        expect([meter.received, transport.getReturncode()]).toEqual([size, 0]);
        // One chunk waits at most, above the limit that pauses the writer.
        expect(meter.most).toBeLessThanOrEqual(chunk.length + (64 << 10));
        // What was received and let go is the collector's; it is never anything like all of it.
        expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(size / 2);
      });
    });

    it('waits in the child while its output is not read', async () => {
      await withLoop(async (loop) => {
        const [transport, meter] = await loop.subprocessShell(
          () => new Meter(),
          'head -c 4000000 /dev/zero; echo done >&2',
          { stdin: DEVNULL },
        );
        const stdout = transport.getPipeTransport(1);
        stdout?.pauseReading();
        for (let i = 0; i < 20; i += 1) await turnOf(loop);
        const got = meter.received;
        expect(got).toBeLessThan(4000000);
        expect(transport.getReturncode()).toBeNull();
        stdout?.resumeReading();
        await meter.finished;
        expect(meter.received).toBe(4000000 + 'done\n'.length);
      });
    });
  });

  describe('many children', () => {
    it('PROC-030 500 at once, all of them noticed, leave no descriptor and no zombie', async () => {
      await withLoop(async (loop) => {
        await runOne(loop);
        const before = openDescriptors();
        const children = await Promise.all(
          Array.from({ length: 500 }, () => loop.subprocessExec(() => new Traced(), ['cat'])),
        );
        expect(new Set(children.map(([transport]) => transport.getPid())).size).toBe(500);
        for (const [transport] of children) {
          const stdin = transport.getPipeTransport(0);
          stdin?.write(Buffer.from(`to ${transport.getPid()}`));
          stdin?.close();
        }
        await Promise.all(children.map(([, protocol]) => protocol.finished));
        for (const [transport, protocol] of children) {
          expect(protocol.output[1]).toBe(`to ${transport.getPid()}`);
          expect(transport.getReturncode()).toBe(0);
        }
        expect([openDescriptors(), zombies()]).toEqual([before, []]);
      });
    });

    // Node's starts cost three times as much, and a leak shows in fewer of them too.
    const many = backend === 'selector' ? 5000 : 500;
    it(
      `${many} one after another leave no descriptor and no zombie`,
      { timeout: 60_000 },
      async () => {
        await withLoop(async (loop) => {
          await runOne(loop);
          const before = openDescriptors();
          // Two at a time: this process starts one while the other runs.
          const series = async (): Promise<void> => {
            for (let i = 0; i < many / 2; i += 1) await runOne(loop);
          };
          await Promise.all([series(), series()]);
          expect([openDescriptors(), zombies()]).toEqual([before, []]);
        });
      },
    );

    it('are killed and reaped by a loop that closes', async () => {
      const pids: number[] = [];
      const exits: Array<Promise<unknown>> = [];
      const before = openDescriptors();
      await withLoop(async (loop) => {
        for (let i = 0; i < 50; i += 1) {
          const [transport] = await loop.subprocessExec(() => new Traced(), ['cat']);
          pids.push(transport.getPid());
          const child = transport.getExtraInfo('subprocess');
          if (child instanceof ChildProcess) exits.push(once(child, 'exit'));
        }
        expect(zombies()).toEqual([]);
      });
      // Node reaps its children in later turns.
      await Promise.all(exits);
      for (const pid of pids) expect(() => process.kill(pid, 0)).toThrow(/ESRCH/);
      expect(zombies()).toEqual([]);
      expect(openDescriptors()).toBe(before);
    });
  });

  describe('children that misbehave', () => {
    it('PROC-025 ignore SIGTERM: close() kills them', async () => {
      await withLoop(async (loop) => {
        const [transport, protocol] = await loop.subprocessShell(
          () => new Traced(),
          'trap "" TERM; echo ready; exec sleep 3600',
        );
        await protocol.spoke;
        transport.terminate();
        transport.close();
        await protocol.finished;
        expect(transport.getReturncode()).toBe(-9);
      });
    });

    it('close their output early: its pipe is lost, and they run on', async () => {
      await withLoop(async (loop) => {
        const [transport, protocol] = await loop.subprocessShell(
          () => new Lines(),
          'exec 1>&-; read x; echo "got $x" >&2',
        );
        await protocol.lost[1];
        expect(transport.getReturncode()).toBeNull();
        transport.getPipeTransport(0)?.write(Buffer.from('this\n'));
        await protocol.finished;
        expect(protocol.output[2]).toBe('got this\n');
      });
    });

    it('close their input early: writing to it breaks the pipe', async () => {
      await withLoop(async (loop) => {
        const [transport, protocol] = await loop.subprocessShell(
          () => new Lines(),
          'exec 0<&-; echo closed; sleep 3600',
        );
        await protocol.spoke;
        transport.getPipeTransport(0)?.write(Buffer.alloc(1 << 20));
        const error = await protocol.lost[0];
        expect(error === null || (error as { code?: string }).code === 'EPIPE').toBe(true);
        expect(transport.getReturncode()).toBeNull();
        transport.close();
        await protocol.finished;
      });
    });

    it('exit before they are written to: what is written is dropped', async () => {
      await withLoop(async (loop) => {
        const [transport, protocol] = await loop.subprocessExec(() => new Lines(), ['true']);
        await protocol.exited;
        const stdin = transport.getPipeTransport(0);
        stdin?.write(Buffer.alloc(1 << 20));
        await protocol.finished;
        expect(transport.getReturncode()).toBe(0);
        stdin?.write(Buffer.from('too late'));
      });
    });

    it('PROC-019 leave a grandchild with the pipe: its output comes until close() ends it', async () => {
      await withLoop(async (loop) => {
        const [transport, protocol] = await loop.subprocessShell(
          () => new Traced(),
          '(trap "exit 0" PIPE; while :; do echo tick; sleep 0.01; done) & exit 0',
          { stdin: DEVNULL, stderr: STDOUT },
        );
        await protocol.exited;
        const heard = protocol.output[1].length;
        while (protocol.output[1].length < heard + 20) await turnOf(loop);
        expect(protocol.trace).not.toContain('lost');
        transport.close();
        await protocol.finished;
        expect(protocol.trace.at(-1)).toBe('lost');
      });
    });

    it('have Node write much and exit at once: nothing is lost', async () => {
      await withLoop(async (loop) => {
        const size = 3_000_000;
        const [, meter] = await loop.subprocessExec(
          () => new Meter(),
          node(`require('node:fs').writeSync(1, Buffer.alloc(${size}));`),
          { stdin: null, stderr: null },
        );
        await meter.finished;
        expect(meter.received).toBe(size);
      });
    });

    it('are none of ours: children of others stay theirs to reap', async () => {
      await withLoop(async (loop) => {
        const { spawn } = await import('node:child_process');
        const other: ChildProcess = spawn('sh', ['-c', 'exit 9'], { stdio: 'ignore' });
        const status = new Promise((resolve) => other.once('exit', resolve));
        await runOne(loop);
        expect(await status).toBe(9);
        expect(execFileSync('echo', ['still works']).toString()).toBe('still works\n');
      });
    });
  });
});

/** Counts what it is given, and tells when it may be given more. */
class Meter extends SubprocessProtocol {
  readonly #loop = getRunningLoop();
  readonly finished = this.#loop.createFuture<void>();
  received = 0;
  most = 0;
  #resumed: Future<void> | null = null;

  async drained(): Promise<void> {
    if (this.#resumed !== null) await this.#resumed;
  }

  override pipeDataReceived(_fd: number, data: Buffer): void {
    this.received += data.length;
  }

  override pauseWriting(): void {
    this.#resumed = this.#loop.createFuture<void>();
  }

  override resumeWriting(): void {
    this.#resumed?.setResult();
    this.#resumed = null;
  }

  override connectionLost(): void {
    this.finished.setResult();
  }
}

/** Has a future for the loss of each pipe. */
class Lines extends Traced {
  readonly lost = [0, 1, 2].map(() => getRunningLoop().createFuture<Error | null>());

  override pipeConnectionLost(fd: number, error: Error | null): void {
    super.pipeConnectionLost(fd, error);
    this.lost[fd]?.setResult(error);
  }
}

async function runOne(loop: ReturnType<typeof getRunningLoop>): Promise<SubprocessTransport> {
  const [transport, protocol] = await loop.subprocessExec(() => new Traced(), ['true'], {
    stdin: PIPE,
    stdout: PIPE,
    stderr: DEVNULL,
  });
  await protocol.finished;
  return transport;
}

/** One turn of Node's own loop. */
function turnOf(loop: ReturnType<typeof getRunningLoop>): Future<void> {
  const turned = loop.createFuture<void>();
  setImmediate(() => loop.callSoonThreadsafe(() => turned.setResult()));
  return turned;
}

/** Children of this process that have ended and are not reaped. */
function zombies(): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
        const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
        return state === 'Z' && parent === String(process.pid);
      } catch {
        return false;
      }
    });
}
