/** What a child can be given besides its streams, and what is said of what cannot be given. */
import { execFile } from 'node:child_process';
import { chmodSync, closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { NotImplementedError, ValueError } from '@loop/core';
import { OSError } from '@loop/net';
import { createSubprocessExec, createSubprocessShell, DEVNULL, PIPE } from '@loop/subprocess';
import { beforeEach, describe, expect, it } from 'vitest';
import { loops, useLoops, withLoop } from '../test/traced.ts';

const isRoot = process.getuid?.() === 0;

async function outputOf(command: string, options: object): Promise<string> {
  const child = await createSubprocessShell(command, { stdout: PIPE, ...options });
  const [output] = await child.communicate();
  return String(output).trim();
}

describe.each(loops)('with the %s', (backend, makeLoop) => {
  beforeEach(() => useLoops(makeLoop));

  describe('PROC-010 a child', () => {
    it.runIf(isRoot)('runs as another user and group, by number or name (needs root)', async () => {
      await withLoop(async () => {
        expect(await outputOf('id -u; id -g', { user: 65534, group: 65534 })).toBe('65534\n65534');
        expect(await outputOf('id -un', { user: 'nobody' })).toBe('nobody');
      });
    });

    it('is not started as somebody whom nobody knows', async () => {
      await withLoop(async () => {
        const user = createSubprocessExec('true', [], { user: 'no-such-user' });
        await expect(user).rejects.toMatchObject({ name: 'LookupError' });
        const group = createSubprocessExec('true', [], { group: 'no-such-group' });
        await expect(group).rejects.toThrow('name not found: "no-such-group"');
        const both = createSubprocessExec('true', [], { user: -1 });
        await expect(both).rejects.toThrow('Expected user to be a number, 0 or more, or a name');
      });
    });

    it('has a mask for new files, which leaves that of this process alone', async () => {
      await withLoop(async () => {
        const before = process.umask();
        expect(await outputOf('umask', { umask: 0o27 })).toBe('0027');
        expect(process.umask()).toBe(before);
        const wrong = createSubprocessExec('true', [], { umask: 0o1000 });
        await expect(wrong).rejects.toThrow('Expected umask to be a mask from 0 to 0o777, got 512');
      });
    });

    it('leads a session of its own if it is to', async () => {
      await withLoop(async () => {
        const script = 'cut -d" " -f6 /proc/$$/stat; echo $$';
        const [session, pid] = (await outputOf(script, { startNewSession: true })).split('\n');
        expect(session).toBe(pid);
        const [other, own] = (await outputOf(script, {})).split('\n');
        expect(other).not.toBe(own);
      });
    });

    it.runIf(backend === 'selector')('joins a process group (needs the selector)', async () => {
      await withLoop(async () => {
        const script = 'cut -d" " -f5 /proc/$$/stat; echo $$';
        const [group, pid] = (await outputOf(script, { processGroup: 0 })).split('\n');
        expect(group).toBe(pid);
        await using leader = await createSubprocessExec('cat', [], {
          stdin: PIPE,
          processGroup: 0,
        });
        const joined = await outputOf(script, { processGroup: leader.pid });
        expect(joined.split('\n')[0]).toBe(String(leader.pid));
      });
    });

    it.runIf(backend === 'proactor')(
      'is not given a process group where Node starts it (needs the proactor)',
      async () => {
        await withLoop(async () => {
          const starting = createSubprocessExec('true', [], { processGroup: 0 });
          await expect(starting).rejects.toThrow(NotImplementedError);
          await expect(starting).rejects.toThrow('processGroup cannot be given here');
        });
      },
    );

    it('has no descriptors but those that are passed', async () => {
      await withLoop(async () => {
        const [given, kept] = [openSync('/dev/null', 'r'), openSync('/dev/null', 'r')];
        try {
          const script = `for fd in ${given} ${kept}; do [ -e /proc/self/fd/$fd ]; echo $?; done`;
          expect(await outputOf(script, { passFds: [given] })).toBe('0\n1');
        } finally {
          closeSync(given);
          closeSync(kept);
        }
        const closed = createSubprocessExec('true', [], { passFds: [9999] });
        await expect(closed).rejects.toMatchObject({ code: 'EBADF' });
        const standard = createSubprocessExec('true', [], { passFds: [2] });
        await expect(standard).rejects.toThrow('descriptors from 3 up, got 2');
      });
    });

    it.each(['preexecFn', 'closeFds', 'restoreSignals', 'extraGroups', 'pipesize'])(
      'is not given %s, and the message says why',
      async (name) => {
        await withLoop(async () => {
          const starting = createSubprocessExec('true', [], { [name]: 1 });
          await expect(starting).rejects.toThrow(NotImplementedError);
          await expect(starting).rejects.toThrow(new RegExp(`^${name} cannot be given: \\w+`));
        });
      },
    );
  });

  describe('a mistake', () => {
    it('in the arguments is named', async () => {
      await withLoop(async () => {
        const wrong: Array<[Promise<unknown>, string]> = [
          [
            createSubprocessExec('ls', '-l' as never),
            'Expected args to be an array of arguments, got "-l"',
          ],
          [
            createSubprocessExec('ls', [], null as never),
            'Expected options to be an object, got null',
          ],
          [
            createSubprocessExec('ls', [], { env: ['A=1'] as never }),
            'Expected env to be an object of names',
          ],
          [
            createSubprocessExec('ls', [], { passFds: 3 as never }),
            'an array of descriptors, got 3',
          ],
        ];
        for (const [starting, message] of wrong) {
          await expect(starting).rejects.toThrow(TypeError);
          await expect(starting).rejects.toThrow(message);
        }
        const word = createSubprocessExec('ls', [], { stdin: 'pipe' as never });
        await expect(word).rejects.toThrow(ValueError);
      });
    });

    it('in the options of waiting and ending is named', async () => {
      await withLoop(async () => {
        await using child = await createSubprocessExec('cat', [], { stdin: PIPE });
        const late = { timeout: 5 } as never;
        for (const waiting of [child.wait(late), child.communicate(null, late)]) {
          await expect(waiting).rejects.toThrow(
            'has no option "timeout"; it takes terminateOnCancel',
          );
        }
        await expect(child.terminate(late)).rejects.toThrow(
          'no option "timeout"; it takes grace, tree',
        );
        await expect(child.terminate(5 as never)).rejects.toThrow('to be an object, got 5');
        expect(() => child.kill({ trees: true } as never)).toThrow(
          'no option "trees"; it takes tree',
        );
        expect(child.returncode).toBeNull();
      });
    });

    it('in a signal is named', async () => {
      await withLoop(async () => {
        await using child = await createSubprocessExec('cat', [], { stdin: PIPE });
        expect(() => child.sendSignal('SIGFOO' as never)).toThrow(
          'a name or a number, got "SIGFOO"',
        );
        expect(() => child.sendSignal(200)).toThrow(OSError);
        expect(() => child.sendSignal(200)).toThrow(expect.objectContaining({ code: 'EINVAL' }));
        child.sendSignal(0);
        expect(child.returncode).toBeNull();
      });
    });

    it('of a folder is told from that of a program', async () => {
      await withLoop(async () => {
        const start = (program: string, cwd: string) => createSubprocessExec(program, [], { cwd });
        const file = import.meta.filename;
        await expect(start('true', '/no/such')).rejects.toThrow(/^ENOENT.* \/no\/such$/);
        await expect(start('true', file)).rejects.toThrow(
          `ENOTDIR: not a directory, spawn ${file}`,
        );
        await expect(start('no-such', '/')).rejects.toThrow(/^ENOENT.* no-such$/);
      });
    });
  });

  it('what is undefined is as what is not given: the streams are inherited', async () => {
    await withLoop(async () => {
      const streams = { stdin: undefined, stdout: undefined, stderr: undefined } as object;
      const child = await createSubprocessExec('true', [], { ...streams, limit: undefined });
      expect([child.stdin, child.stdout, child.stderr]).toEqual([null, null, null]);
      expect(await child.wait()).toBe(0);
    });
  });

  it('a full table of descriptors is an error, and no obstacle once there is room', async () => {
    const fixture = new URL('../test/fixtures/full-table.ts', import.meta.url).pathname;
    const program = [process.execPath, '--import', 'tsx', '--conditions=@loop/source', fixture];
    // So many that the program itself can be loaded, also by a loader that has nothing in its cache.
    const { stdout } = await promisify(execFile)('sh', [
      '-c',
      'ulimit -n 1000; exec "$@"',
      'sh',
      ...program,
      backend,
    ]);
    expect(stdout).toBe('OSError EMFILE; through 0\n');
  });

  it('a full disk is the business of the child', async () => {
    await withLoop(async () => {
      const full = openSync('/dev/full', 'w');
      try {
        const child = await createSubprocessExec('dd', ['if=/dev/zero', 'count=1'], {
          stdout: full,
          stderr: DEVNULL,
        });
        expect(await child.wait()).toBe(1);
      } finally {
        closeSync(full);
      }
    });
  });
});

it('PROC-011 a file that is no program is an error of its own', async () => {
  useLoops(loops[0][1]);
  const folder = mkdtempSync(join(tmpdir(), 'loop-sub-'));
  const path = join(folder, 'no-program');
  writeFileSync(path, 'neither binary nor script\n');
  chmodSync(path, 0o755);
  try {
    await withLoop(async () => {
      await expect(createSubprocessExec(path)).rejects.toThrow(
        `ENOEXEC: exec format error, spawn ${path}`,
      );
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
});
