import {
  type ChildProcessWithoutNullStreams,
  execFile,
  spawn,
  spawnSync,
} from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const flags = ['--import', 'tsx', '--conditions=@loop/source'];

/** An example that runs. */
class Running {
  readonly child: ChildProcessWithoutNullStreams;
  readonly lines: string[] = [];
  readonly #ended: Promise<unknown>;
  #heard = (): void => {};

  constructor(name: string, ...args: readonly string[]) {
    const file = new URL(name, import.meta.url).pathname;
    this.child = spawn(process.execPath, [...flags, file, ...args]);
    const output = createInterface(this.child.stdout);
    output.on('line', (line) => {
      this.lines.push(line);
      this.#heard();
    });
    this.child.stderr.resume();
    this.#ended = Promise.all([once(this.child, 'close'), once(output, 'close')]);
  }

  /** The first line that contains `text`. */
  async line(text: string): Promise<string> {
    for (;;) {
      const found = this.lines.find((line) => line.includes(text));
      if (found !== undefined) return found;
      await new Promise<void>((resolve) => (this.#heard = resolve));
    }
  }

  async end(): Promise<number | null> {
    await this.#ended;
    return this.child.exitCode;
  }
}

describe('the build', () => {
  it('prints what its steps print, and counts them', async () => {
    const build = new Running('run-build.ts');
    expect(await build.end()).toBe(0);
    expect(build.lines).toContain('step 2 | print.c:3: warning: unused variable');
    expect(build.lines.filter((line) => line.startsWith('['))).toEqual(['[1/3]', '[2/3]', '[3/3]']);
    expect(build.lines.at(-1)).toBe('Built.');
  });

  it('ends the other steps, with what they have started, when one fails', async () => {
    const build = new Running('run-build.ts', 'sleep 3600 & echo "pid $!"; wait', 'exit 4');
    const pid = Number((await build.line('pid')).split(' ').at(-1));
    expect(await build.end()).toBe(1);
    expect(build.lines.at(-1)).toBe('Error: step 2 ended with 4');
    expect(isRunning(pid)).toBe(false);
  });

  it('leaves nothing running when it is interrupted', async () => {
    const build = new Running('run-build.ts', 'sleep 3600 & echo "pid $!"; wait');
    const pid = Number((await build.line('pid')).split(' ').at(-1));
    build.child.kill('SIGINT');
    expect(await build.end()).toBe(1);
    expect(build.lines.at(-1)).toBe('Interrupted: nothing is left running.');
    expect(isRunning(pid)).toBe(false);
  });
});

describe('the supervisor', () => {
  it('starts again what has ended', async () => {
    const file = new URL('supervisor.ts', import.meta.url).pathname;
    const { stdout } = await promisify(execFile)(process.execPath, [...flags, file]);
    const lines = stdout.trimEnd().split('\n');
    expect(lines.filter((line) => line === 'working')).toHaveLength(3);
    expect(lines.filter((line) => line === 'ended with 3')).toHaveLength(3);
    expect(lines.at(-1)).toBe('all tasks have ended');
  });

  it.each([
    ['SIGTERM', 'trap "exit 6" TERM; echo up; sleep 3600 & wait', 6],
    ['SIGINT', 'trap "" TERM; echo up; exec sleep 3600', -9],
  ] as const)('ends within its deadline on %s', async (signal, command, returncode) => {
    const supervisor = new Running('supervisor.ts', command);
    await supervisor.line('up');
    supervisor.child.kill(signal);
    expect(await supervisor.end()).toBe(0);
    expect(supervisor.lines.slice(-2)).toEqual([
      `stopped: return code ${returncode}`,
      'all tasks have ended',
    ]);
  });
});

/** Whether the process still runs: whoever inherits an orphan may be slow to reap it. */
function isRunning(pid: number): boolean {
  const { stdout } = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)]);
  return stdout.length > 0 && !String(stdout).startsWith('Z');
}

describe('Ctrl-C in the middle of things', () => {
  it('SIG-017 cancels a server, a connection, a child and timers, and each cleans up', async () => {
    const program = new Running('../test/in-the-middle.ts');
    const pid = Number((await program.line('child')).split(' ').at(-1));
    program.child.kill('SIGINT');
    expect(await program.end()).toBe(130);
    const ends = program.lines.filter((line) => line.endsWith(': done')).toSorted();
    expect(ends).toEqual(['calls: done', 'child: done', 'connection: done', 'sleep: done']);
    expect(isRunning(pid)).toBe(false);
  });
});
