import { closeSync, openSync, readFileSync } from 'node:fs';
import {
  CancelledError,
  createTask,
  type Future,
  gather,
  getRunningLoop,
  sleep,
  timeout,
  TimeoutError,
  waitFor,
} from '@loop/core';
import {
  createSubprocessExec,
  createSubprocessShell,
  DEVNULL,
  PIPE,
  type Process,
  type ProcessOptions,
  STDOUT,
} from '@loop/subprocess';
import { beforeEach, describe, expect, it } from 'vitest';
import { loops, node, useLoops, withLoop } from '../test/traced.ts';

describe.each(loops)('with the %s', (backend, makeLoop) => {
  beforeEach(() => useLoops(makeLoop));

  const PIPES = { stdin: PIPE, stdout: PIPE, stderr: PIPE };
  const bytes = (text: string): Buffer => Buffer.from(text);

  /** Runs a program in JavaScript. */
  function runNode(code: string, options: ProcessOptions = PIPES): Future<Process> {
    const [program, ...args] = node(code);
    return createSubprocessExec(program, args, options);
  }

  async function errorOf(promise: PromiseLike<unknown>): Promise<Error & { code?: string }> {
    try {
      await promise;
    } catch (error) {
      return error as Error;
    }
    throw new Error('Expected a rejection');
  }

  function isRunning(pid: number): boolean {
    try {
      process.kill(pid, 0);
      return true;
    } catch {
      return false;
    }
  }

  describe('createSubprocessExec and createSubprocessShell', () => {
    it('PROC-035 PROC-036 inherit the standard streams by default', async () => {
      await withLoop(async () => {
        for (const process_ of [
          await createSubprocessExec('true'),
          await createSubprocessShell('exit 0'),
        ]) {
          expect([process_.stdin, process_.stdout, process_.stderr]).toEqual([null, null, null]);
          expect(await process_.wait()).toBe(0);
          expect(await process_.communicate()).toEqual([null, null]);
        }
      });
    });

    it('PROC-006 PROC-035 a child really has what it inherits', async () => {
      await withLoop(async () => {
        const child = await createSubprocessShell('test -e /dev/fd/1 && test -e /dev/fd/2');
        expect(await child.wait()).toBe(0);
      });
    });

    it('PROC-035 refuses what the low level refuses, and an unusable limit', async () => {
      await withLoop(async () => {
        const refusal = async (options: object): Promise<string> =>
          (await errorOf(createSubprocessShell('true', options))).message;
        expect(await refusal({ text: true })).toMatch(/^text must be False/);
        expect(await refusal({ universalNewlines: true })).toMatch(/^universal_newlines must be/);
        expect(await refusal({ encoding: 'utf8' })).toMatch(/^encoding must be None/);
        expect(await refusal({ shell: false })).toMatch(/^shell must be True/);
        expect((await errorOf(createSubprocessExec('/no/such/program'))).code).toBe('ENOENT');
        expect((await errorOf(createSubprocessExec('true', [], { limit: 0 }))).message).toBe(
          'Limit cannot be <= 0',
        );
      });
    });

    it('PROC-036 gives a process with its streams, id and code', async () => {
      await withLoop(async () => {
        const child = await createSubprocessExec('cat', [], { stdin: PIPE, stdout: PIPE });
        expect(isRunning(child.pid)).toBe(true);
        expect(child.toString()).toBe(`<Process ${child.pid}>`);
        expect(child.transport.getPid()).toBe(child.pid);
        expect([child.returncode, child.stderr]).toEqual([null, null]);
        child.stdin?.write(bytes('some data\nand more'));
        expect(String(await child.stdout?.readline())).toBe('some data\n');
        child.stdin?.close();
        expect(String(await child.stdout?.read())).toBe('and more');
        while (child.returncode === null) await sleep(0);
        expect(child.returncode).toBe(0);
        expect(await child.wait()).toBe(0);
      });
    });

    it('PROC-037 resolves any number of waits, at once when it is over', async () => {
      await withLoop(async () => {
        const child = await createSubprocessShell('read line; exit 7', { stdin: PIPE });
        const waits = gather(child.wait(), child.wait(), child.wait());
        child.stdin?.write(bytes('go\n'));
        expect(await waits).toEqual([7, 7, 7]);
        let turns = 0;
        getRunningLoop().callSoon(() => void (turns += 1));
        expect(await child.wait()).toBe(7);
        expect(turns).toBe(0);
      });
    });

    it('PROC-037 a wait that is cancelled leaves the child alone', async () => {
      await withLoop(async () => {
        const child = await createSubprocessExec('cat', [], { stdin: PIPE });
        const waiting = createTask(() => child.wait());
        await sleep(0);
        waiting.cancel();
        expect((await errorOf(waiting)).name).toBe('CancelledError');
        expect(isRunning(child.pid)).toBe(true);
        child.kill();
        expect(await child.wait()).toBe(-9);
      });
    });

    it('PROC-038 in generators', async () => {
      await withLoop(async (loop) => {
        const main = loop.createTask(function* () {
          const child = yield* createSubprocessExec('cat', [], { stdin: PIPE, stdout: PIPE });
          const [output] = yield* child.communicate(Buffer.from('by yield*'));
          return [output?.toString(), yield* child.wait()];
        });
        expect(await main).toEqual(['by yield*', 0]);
      });
    });

    it('PROC-038 PROC-039 communicates both ways, however much it is', async () => {
      await withLoop(async () => {
        const child = await runNode(
          'process.stdin.pipe(process.stdout); process.stdin.on("data", (d) => process.stderr.write(d))',
        );
        const input = Buffer.alloc(3 << 20, 'large input\n');
        const [stdout, stderr] = await child.communicate(input);
        expect(stdout?.equals(input)).toBe(true);
        expect(stderr?.equals(input)).toBe(true);
        expect(child.returncode).toBe(0);
      });
    });

    it('PROC-038 gives null for what is no pipe, and ignores input for what is none', async () => {
      await withLoop(async () => {
        const script = 'echo out; echo err >&2';
        const outcome = async (options: ProcessOptions, input?: Buffer) => {
          const child = await createSubprocessShell(script, options);
          return (await child.communicate(input ?? null)).map((each) => each?.toString() ?? null);
        };
        expect(await outcome({ stdout: PIPE, stderr: PIPE })).toEqual(['out\n', 'err\n']);
        expect(await outcome({ stdout: PIPE, stderr: STDOUT })).toEqual(['out\nerr\n', null]);
        expect(await outcome({ stdout: DEVNULL, stderr: PIPE })).toEqual([null, 'err\n']);
        expect(
          await outcome({ stdin: DEVNULL, stdout: PIPE, stderr: DEVNULL }, bytes('x')),
        ).toEqual(['out\n', null]);
      });
    });

    it('PROC-038 ends the input at once if there is none', async () => {
      await withLoop(async () => {
        const child = await createSubprocessExec('cat', [], { stdin: PIPE, stdout: PIPE });
        expect(await child.communicate()).toEqual([Buffer.alloc(0), null]);
        const other = await createSubprocessExec('cat', [], { stdin: PIPE });
        expect((await errorOf(other.communicate('text' as never))).message).toBe(
          'Expected input to be a Uint8Array or Buffer, got "text"',
        );
        await other.communicate();
      });
    });

    it('PROC-039 communicates with a child that does not read, and drain() says so', async () => {
      await withLoop(async () => {
        const large = Buffer.alloc(1 << 20);
        const child = await createSubprocessShell('exit 3', { stdin: PIPE });
        await child.communicate(large);
        expect(child.returncode).toBe(3);

        const other = await createSubprocessShell('exit 4', { stdin: PIPE });
        other.stdin?.write(large);
        const error = await errorOf(
          (async () => {
            for (;;) {
              await other.stdin?.drain();
              other.stdin?.write(large);
            }
          })(),
        );
        expect(['EPIPE', 'ECONNRESET']).toContain(error.code);
        expect((await errorOf(other.stdin!.waitClosed())).code).toBe('EPIPE');
        expect(await other.wait()).toBe(4);
      });
    });

    it('PROC-040 cancelling or timing out communicate() does not kill the child', async () => {
      await withLoop(async () => {
        await using child = await createSubprocessExec('sleep', ['600'], PIPES);
        const communicating = createTask(() => child.communicate(bytes('x')));
        await sleep(0);
        communicating.cancel();
        expect((await errorOf(communicating)).name).toBe('CancelledError');
        expect(await errorOf(waitFor(child.communicate(), 0.01))).toBeInstanceOf(TimeoutError);
        expect([isRunning(child.pid), child.returncode]).toEqual([true, null]);
      });
    });

    it('PROC-040 cancelling communicate() ends the child if that is asked for', async () => {
      await withLoop(async () => {
        const child = await runNode(
          'process.on("SIGTERM", () => process.exit(5)); console.log("ready"); setInterval(() => {}, 1e6)',
        );
        await child.stdout?.readline();
        const terminateOnCancel = { grace: 60 };
        const error = await errorOf(
          timeout(0.01, () => child.communicate(null, { terminateOnCancel })),
        );
        expect(error).toBeInstanceOf(TimeoutError);
        expect(child.returncode).toBe(5);
        expect(await child.wait()).toBe(5);
      });
    });

    it('PROC-041 signals, and says when nobody is there any more', async () => {
      await withLoop(async () => {
        const child = await createSubprocessExec('cat', [], { stdin: PIPE });
        child.sendSignal('SIGCONT');
        child.terminate();
        expect(await child.wait()).toBe(-15);
        for (const send of [
          () => child.sendSignal(1),
          () => child.terminate(),
          () => child.kill(),
        ]) {
          expect(send).toThrow(expect.objectContaining({ code: 'ESRCH' }));
        }
        const killed = await createSubprocessExec('cat', [], { stdin: PIPE });
        killed.kill();
        expect(await killed.wait()).toBe(-9);
        const asked = await createSubprocessExec('cat', [], { stdin: PIPE });
        expect(await asked.terminate({ grace: 60 })).toBe(-15);
      });
    });

    it('PROC-042 keeps the output readable after the end', async () => {
      await withLoop(async () => {
        const child = await createSubprocessShell('echo out; echo err >&2', PIPES);
        child.stdin?.close();
        expect(await child.wait()).toBe(0);
        expect(child.transport.isClosing()).toBe(true);
        expect(String(await child.stdout?.read())).toBe('out\n');
        expect(String(await child.stderr?.readline())).toBe('err\n');
        expect(child.stderr?.atEof()).toBe(true);
      });
    });

    it('PROC-042 pauses a pipe that nobody reads, and loses nothing', async () => {
      await withLoop(async () => {
        const child = await runNode('process.stdout.write("x".repeat(1 << 20))', {
          stdout: PIPE,
          limit: 1024,
        });
        const pipe = child.transport.getPipeTransport(1);
        while (pipe?.isReading() === true) await sleep(0.001);
        expect(child.returncode).toBeNull();
        expect((await child.stdout?.read())?.length).toBe(1 << 20);
        expect(await child.wait()).toBe(0);
      });
    });

    it('PROC-042 reads lines of any child, one by one', async () => {
      await withLoop(async () => {
        const child = await createSubprocessShell('for i in 1 2 3; do echo line $i; done', {
          stdout: PIPE,
        });
        const lines: string[] = [];
        for await (const line of child.stdout!) lines.push(line.toString().trim());
        expect(lines).toEqual(['line 1', 'line 2', 'line 3']);
        await child.wait();
      });
    });

    it('PROC-025 PROC-036 kills and reaps a child at the end of its block', async () => {
      await withLoop(async () => {
        let pid = 0;
        const block = async (): Promise<void> => {
          await using child = await createSubprocessExec('cat', [], PIPES);
          pid = child.pid;
          throw new Error('of the block');
        };
        expect((await errorOf(block())).message).toBe('of the block');
        expect(isRunning(pid)).toBe(false);
        await using ended = await createSubprocessExec('true');
        await ended.wait();
      });
    });

    it('PROC-012 kills the child when its creation is cancelled', async () => {
      await withLoop(async () => {
        const creating = createTask(() => createSubprocessExec('cat', [], PIPES));
        await sleep(0);
        creating.cancel();
        expect(await errorOf(creating)).toBeInstanceOf(CancelledError);
      });
    });

    it('PROC-007 takes descriptors and file objects', async () => {
      await withLoop(async () => {
        const file = openSync(import.meta.filename, 'r');
        try {
          const child = await createSubprocessExec('head', ['-c', '20'], {
            stdin: file,
            stdout: PIPE,
          });
          expect(child.stdin).toBeNull();
          const [head] = await child.communicate();
          expect(head).toEqual(readFileSync(import.meta.filename).subarray(0, 20));
        } finally {
          closeSync(file);
        }
      });
    });
  });
});
