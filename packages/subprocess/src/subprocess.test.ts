import { type EventEmitter, once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as immediate } from 'node:timers/promises';
import { CancelledError, NotImplementedError, ValueError } from '@loop/core';
import { OSError } from '@loop/net';
import { DEVNULL, PIPE, shlexQuote, STDOUT, type SubprocessTransport } from '@loop/subprocess';
import { beforeEach, describe, expect, it } from 'vitest';
import { loops, node, openDescriptors, Traced, useLoops, withLoop } from '../test/traced.ts';

describe.each(loops)('with the %s', (backend, makeLoop) => {
  beforeEach(() => useLoops(makeLoop));

  describe('subprocessExec and subprocessShell', () => {
    it('PROC-001 PROC-003 PROC-006 starts a program with pipes by default', async () => {
      await withLoop(async (loop) => {
        let made = 0;
        const [transport, protocol] = await loop.subprocessExec(() => {
          made += 1;
          return new Traced();
        }, ['cat']);
        expect([made, protocol.trace]).toEqual([1, ['made']]);
        const stdin = transport.getPipeTransport(0);
        stdin?.write(Buffer.from('through the cat'));
        stdin?.close();
        await protocol.finished;
        expect(protocol.output).toEqual(['', 'through the cat', '']);
        expect(transport.getReturncode()).toBe(0);
      });
    });

    it('PROC-002 runs a command by the shell, in text or bytes', async () => {
      await withLoop(async (loop) => {
        for (const cmd of ['echo $((6 * 7))', Buffer.from('echo $((6 * 7))')]) {
          const [, protocol] = await loop.subprocessShell(() => new Traced(), cmd);
          await protocol.finished;
          expect(protocol.output[1]).toBe('42\n');
        }
      });
    });

    it('PROC-004 PROC-005 PROC-009 PROC-010 refuses what it cannot take, before anything starts', async () => {
      await withLoop(async (loop) => {
        const never = (): Traced => {
          throw new Error('the factory must not be called');
        };
        const exec = (...rest: unknown[]) =>
          loop.subprocessExec(never, ...(rest as [readonly [string], object]));
        await expect(exec([])).rejects.toThrow(TypeError);
        await expect(exec([['ls']])).rejects.toThrow(
          'expected str, bytes or os.PathLike object, not list',
        );
        await expect(exec(['ls', 5])).rejects.toThrow('not number');
        await expect(loop.subprocessShell(never, 5 as never)).rejects.toThrow(ValueError);
        await expect(loop.subprocessShell(never, ['ls'] as never)).rejects.toThrow(
          'cmd must be a string',
        );
        const refused: Array<[object, string]> = [
          [{ universalNewlines: true }, 'universal_newlines must be False'],
          [{ bufsize: 1 }, 'bufsize must be 0'],
          [{ text: true }, 'text must be False'],
          [{ encoding: 'utf8' }, 'encoding must be None'],
          [{ errors: 'strict' }, 'errors must be None'],
          [{ shell: true }, 'shell must be False'],
        ];
        for (const [options, message] of refused) {
          await expect(exec(['ls'], options)).rejects.toThrow(message);
        }
        await expect(exec(['ls'], { colour: true })).rejects.toThrow('no option "colour"');
        await expect(exec(['ls'], { preexecFn: never })).rejects.toThrow(NotImplementedError);
        await expect(exec(['ls'], { umask: 'x' })).rejects.toThrow(
          'Expected umask to be a mask from 0 to 0o777, got "x"',
        );
        await expect(loop.subprocessShell(never, 'ls', { shell: false } as never)).rejects.toThrow(
          'shell must be True',
        );
        const [, protocol] = await loop.subprocessExec(() => new Traced(), ['true'], {
          text: false,
          bufsize: 0,
          shell: false,
        } as never);
        await protocol.finished;
      });
    });

    it('PROC-004 takes bytes and file URLs', async () => {
      await withLoop(async (loop) => {
        const [, protocol] = await loop.subprocessExec(
          () => new Traced(),
          [new URL('file:///bin/echo'), Buffer.from('bytes')],
        );
        await protocol.finished;
        expect(protocol.output[1]).toBe('bytes\n');
      });
    });

    it('PROC-007 connects a stream to a file, without a pipe', async () => {
      await withLoop(async (loop) => {
        const folder = mkdtempSync(join(tmpdir(), 'loop-sub-'));
        const path = join(folder, 'out');
        const fd = openSync(path, 'w');
        const [transport, protocol] = await loop.subprocessShell(() => new Traced(), 'echo filed', {
          stdin: DEVNULL,
          stdout: fd,
          stderr: null,
        });
        await protocol.finished;
        closeSync(fd);
        expect(readFileSync(path, 'utf8')).toBe('filed\n');
        expect([0, 1, 2].map((each) => transport.getPipeTransport(each))).toEqual([
          null,
          null,
          null,
        ]);
        rmSync(folder, { recursive: true });
      });
    });

    it('PROC-008 sends standard error into standard output', async () => {
      await withLoop(async (loop) => {
        const [transport, protocol] = await loop.subprocessShell(
          () => new Traced(),
          'echo one; echo two >&2; echo three',
          { stderr: STDOUT },
        );
        await protocol.finished;
        expect(protocol.output).toEqual(['', 'one\ntwo\nthree\n', '']);
        expect(transport.getPipeTransport(2)).toBeNull();
        expect(protocol.trace.filter((event) => event.includes('2'))).toEqual([]);
        await expect(
          loop.subprocessExec(() => new Traced(), ['ls'], { stdin: STDOUT }),
        ).rejects.toThrow('STDOUT is for stderr only');
      });
    });

    it('PROC-010 passes cwd, env, descriptors and the session on', async () => {
      await withLoop(async (loop) => {
        const folder = realpathSync(mkdtempSync(join(tmpdir(), 'loop-cwd-')));
        const path = join(folder, 'passed');
        const fd = openSync(path, 'w');
        const [, protocol] = await loop.subprocessShell(
          () => new Traced(),
          `pwd; echo "$ONLY-$HOME"; echo passed > /proc/self/fd/${fd}; cut -d' ' -f6 /proc/$$/stat; echo $$; umask`,
          {
            cwd: folder,
            env: { ONLY: 'this', PATH: process.env['PATH'] },
            passFds: [fd],
            startNewSession: true,
            umask: 0o77,
          },
        );
        await protocol.finished;
        closeSync(fd);
        const [cwd, env, session, pid, umask] = protocol.output[1].split('\n');
        expect([cwd, env, umask]).toEqual([folder, 'this-', '0077']);
        expect(session?.trim()).toBe(pid);
        expect(readFileSync(path, 'utf8')).toBe('passed\n');
        rmSync(folder, { recursive: true });
      });
    });

    it('PROC-011 rejects what cannot be started, and leaks nothing', async () => {
      await withLoop(async (loop) => {
        const [, first] = await loop.subprocessExec(() => new Traced(), ['true']);
        await first.finished;
        const before = openDescriptors();
        const calls: Traced[] = [];
        const factory = (): Traced => {
          const protocol = new Traced();
          calls.push(protocol);
          return protocol;
        };
        const missing = loop.subprocessExec(factory, ['/no/such/program']);
        await expect(missing).rejects.toThrow(OSError);
        await expect(missing).rejects.toMatchObject({ code: 'ENOENT' });
        await expect(
          loop.subprocessExec(factory, ['true'], { cwd: '/no/such/folder' }),
        ).rejects.toMatchObject({ code: 'ENOENT', address: '/no/such/folder' });
        await expect(loop.subprocessExec(factory, [''])).rejects.toMatchObject({ code: 'ENOENT' });
        await expect(loop.subprocessExec(factory, ['/etc/passwd'])).rejects.toMatchObject({
          code: 'EACCES',
        });
        expect(calls.map(({ trace }) => trace)).toEqual([[], [], [], []]);
        // Node closes in a later turn.
        await immediate();
        expect(openDescriptors()).toBe(before);
        const [, shell] = await loop.subprocessShell(() => new Traced(), 'no-such-command');
        await shell.finished;
        expect(shell.trace).toContain('exited 127');
      });
    });

    it('PROC-012 kills and reaps the child when the start is cancelled', async () => {
      await withLoop(async (loop) => {
        let protocol: Traced | null = null;
        const task = loop.createTask(() =>
          loop.subprocessExec(() => (protocol = new Traced()), ['sleep', '3600']),
        );
        while (protocol === null)
          await loop.createTask(function* () {
            yield;
          });
        task.cancel();
        await expect(task).rejects.toThrow(CancelledError);
      });
    });

    it('PROC-013 ends the input of a child when ours is closed, though others run', async () => {
      await withLoop(async (loop) => {
        const [first, reader] = await loop.subprocessExec(() => new Traced(), ['cat']);
        const [second, other] = await loop.subprocessExec(() => new Traced(), ['cat']);
        first.getPipeTransport(0)?.close();
        await reader.finished;
        expect(other.trace).toEqual(['made']);
        second.getPipeTransport(0)?.close();
        await other.finished;
      });
    });
  });

  describe('the events of a child', () => {
    it('PROC-014 PROC-015 PROC-016 PROC-017 PROC-018 come in order, however quick the child is', async () => {
      await withLoop(async (loop) => {
        const [, protocol] = await loop.subprocessShell(
          () => new Traced(),
          'echo out; echo err >&2; exit 3',
        );
        await protocol.finished;
        const { trace } = protocol;
        expect([trace[0], trace.at(-1)]).toEqual(['made', 'lost']);
        expect(trace.toSorted()).toEqual([
          'data 1',
          'data 2',
          'exited 3',
          'lost',
          'made',
          'pipe lost 0',
          'pipe lost 1',
          'pipe lost 2',
        ]);
        expect(trace.indexOf('data 1')).toBeLessThan(trace.indexOf('pipe lost 1'));
        expect(protocol.output.slice(1)).toEqual(['out\n', 'err\n']);
      });
    });

    it('PROC-018 follow one another directly without pipes', async () => {
      await withLoop(async (loop) => {
        const [, protocol] = await loop.subprocessExec(() => new Traced(), ['true'], {
          stdin: null,
          stdout: DEVNULL,
          stderr: DEVNULL,
        });
        await protocol.finished;
        expect(protocol.trace).toEqual(['made', 'exited 0', 'lost']);
      });
    });

    // Node closes the input of a child that has ended.
    it.runIf(backend === 'selector')(
      'PROC-019 wait for a grandchild that keeps a pipe open (needs the selector)',
      async () => {
        await withLoop(async (loop) => {
          const [transport, protocol] = await loop.subprocessShell(
            () => new Traced(),
            'exec 3<&0; (read line <&3; echo "late $line") & exit 0',
          );
          await protocol.exited;
          expect(protocol.trace).not.toContain('lost');
          transport.getPipeTransport(0)?.write(Buffer.from('word\n'));
          await protocol.finished;
          expect(protocol.output[1]).toBe('late word\n');
          expect(protocol.trace.at(-1)).toBe('lost');
        });
      },
    );

    it('loses no output when the child exits first, whatever the size', async () => {
      await withLoop(async (loop) => {
        const size = 10 << 20;
        const [, protocol] = await loop.subprocessShell(
          () => new Traced(),
          `head -c ${size} /dev/zero | tr '\\0' x`,
        );
        await protocol.finished;
        expect(protocol.output[1].length).toBe(size);
      });
    });

    // Node's are socket pairs.
    it.runIf(backend === 'selector')(
      'gives the child real pipes, which can be opened again (needs the selector)',
      async () => {
        await withLoop(async (loop) => {
          const [, protocol] = await loop.subprocessShell(
            () => new Traced(),
            'echo again > /proc/self/fd/2; readlink /proc/self/fd/1',
          );
          await protocol.finished;
          expect(protocol.output[2]).toBe('again\n');
          expect(protocol.output[1]).toMatch(/^pipe:/);
        });
      },
    );
  });

  describe('SubprocessTransport', () => {
    it('PROC-021 PROC-022 PROC-028 PROC-029 knows the child', async () => {
      await withLoop(async (loop) => {
        const [transport, protocol] = await loop.subprocessShell(
          () => new Traced(),
          'read x; echo $$',
        );
        expect(transport.getReturncode()).toBeNull();
        expect(String(transport)).toMatch(/^<SubprocessTransport pid=\d+ running stdin=</);
        expect(transport.getExtraInfo('subprocess')).toBeTypeOf('object');
        expect(transport.getProtocol()).toBe(protocol);
        transport.getPipeTransport(0)?.close();
        await protocol.finished;
        expect(protocol.output[1]).toBe(`${transport.getPid()}\n`);
        expect(String(transport)).toContain(`pid=${transport.getPid()} returncode=0`);
        expect(transport.getPipeTransport(1)).not.toBeNull();
        expect(transport.getProtocol()).toBeNull();
      });
    });

    it('PROC-021 PROC-023 PROC-024 sends signals until the child has ended', async () => {
      await withLoop(async (loop) => {
        const endings: Array<[(transport: SubprocessTransport) => void, number]> = [
          [(transport) => transport.terminate(), -15],
          [(transport) => transport.kill(), -9],
          [(transport) => transport.sendSignal('SIGUSR2'), -12],
          [(transport) => transport.sendSignal(2), -2],
        ];
        for (const [end, returncode] of endings) {
          const [transport, protocol] = await loop.subprocessExec(() => new Traced(), ['cat']);
          end(transport);
          await protocol.finished;
          expect(transport.getReturncode()).toBe(returncode);
          expect(() => end(transport)).toThrow(OSError);
          expect(() => end(transport)).toThrow(/has ended/);
        }
      });
    });

    it('PROC-025 PROC-026 kills on close what still runs, and nothing that has ended', async () => {
      await withLoop(async (loop) => {
        const [running, first] = await loop.subprocessExec(() => new Traced(), ['cat']);
        running.close();
        running.close();
        expect(running.isClosing()).toBe(true);
        await first.finished;
        expect(running.getReturncode()).toBe(-9);
        const [ended, second] = await loop.subprocessExec(() => new Traced(), ['true']);
        await second.finished;
        ended.close();
        expect(ended.getReturncode()).toBe(0);
      });
    });

    it('PROC-027 breaks the pipe of a child whose output is closed', async () => {
      await withLoop(async (loop) => {
        const [transport, protocol] = await loop.subprocessExec(
          () => new Traced(),
          node(`process.stdout.on('error', (error) => { console.error(error.code); process.exit(4); });
              process.stdin.once('data', () => process.stdout.write('x'));`),
        );
        transport.getPipeTransport(1)?.close();
        transport.getPipeTransport(0)?.write(Buffer.from('go'));
        await protocol.finished;
        expect(protocol.output[2]).toBe('EPIPE\n');
        expect(transport.getReturncode()).toBe(4);
      });
    });

    it('PROC-030 notices many children at once', async () => {
      await withLoop(async (loop) => {
        const protocols = await Promise.all(
          Array.from({ length: 50 }, async (_, index) => {
            const [, protocol] = await loop.subprocessShell(() => new Traced(), `exit ${index}`);
            return protocol;
          }),
        );
        await Promise.all(protocols.map((protocol) => protocol.finished));
        const codes = protocols.map((protocol) => protocol.transport?.getReturncode());
        expect(codes).toEqual(Array.from({ length: 50 }, (_, index) => index));
      });
    });

    it('leaves no descriptor behind, child after child', async () => {
      await withLoop(async (loop) => {
        const once = async (): Promise<void> => {
          const [, protocol] = await loop.subprocessExec(() => new Traced(), ['true']);
          await protocol.finished;
        };
        await once();
        const before = openDescriptors();
        for (let i = 0; i < 50; i += 1) await once();
        expect(openDescriptors()).toBe(before);
      });
    });

    it('kills its children when the loop closes', async () => {
      let pid = 0;
      let child: unknown = null;
      await withLoop(async (loop) => {
        const [transport] = await loop.subprocessExec(() => new Traced(), ['sleep', '3600'], {
          stdin: PIPE,
          stdout: DEVNULL,
          stderr: DEVNULL,
        });
        pid = transport.getPid();
        child = transport.getExtraInfo('subprocess');
      });
      const ours = { pid, returncode: -9 };
      const nodes = { pid, signalCode: 'SIGKILL' };
      // Node reaps its children when it comes to that.
      if (backend === 'proactor') await once(child as EventEmitter, 'exit');
      expect(child).toMatchObject(backend === 'proactor' ? nodes : ours);
      expect(() => process.kill(pid, 0)).toThrow(/ESRCH/);
    });
  });

  describe('shlexQuote', () => {
    it.each([
      ['', "''"],
      ['plain-word_1.txt', 'plain-word_1.txt'],
      ['two words', "'two words'"],
      ["it's", `'it'"'"'s'`],
      ['$(rm -rf /)', "'$(rm -rf /)'"],
    ])('quotes %j', (text, quoted) => {
      expect(shlexQuote(text)).toBe(quoted);
    });

    it('refuses what is no text', () => {
      expect(() => shlexQuote(5 as never)).toThrow('Expected text to be a string, got number');
    });
  });
});
