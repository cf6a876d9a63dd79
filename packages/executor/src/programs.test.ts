/** What only shows in a program of its own: how it starts workers, and how it ends. */
import { describe, expect, it } from 'vitest';
import { runInstalled, runProgram, runText, TSX } from '../test/run-program.ts';

const stripsTypes = Boolean((process.features as { typescript?: unknown }).typescript);

describe.concurrent('a program', () => {
  it('EXEC-034 names its own functions under tsx, and ends though its pools are idle', async () => {
    expect(await runProgram('offloads-itself.ts', ...TSX)).toEqual({
      status: 0,
      out: '42 43\n42 43\n',
      err: '',
    });
  });

  it.skipIf(!stripsTypes)(
    'EXEC-034 names its own functions where Node strips types (needs Node 22.18)',
    async () => {
      expect(await runProgram('offloads-itself.ts', '--no-warnings')).toEqual({
        status: 0,
        out: '42 43\n42 43\n',
        err: '',
      });
    },
  );

  it.each(['offloads-itself.mjs', 'offloads-itself.cjs'])(
    'EXEC-034 names its own functions with the packages as they are published (%s)',
    async (name) => {
      const { status, out } = await runInstalled(name);
      expect([status, out]).toEqual([0, '42 43\n42 43\n']);
    },
  );

  it('may be no file: its functions find what the current folder finds', async () => {
    const text = `
      import { ProcessPoolExecutor, ThreadPoolExecutor } from '@loop/executor';
      const load = () => require('typescript/package.json').name;
      for (const Pool of [ThreadPoolExecutor, ProcessPoolExecutor]) {
        console.log(await new Pool().submit(load));
      }`;
    const { status, out, err } = await runText(text, ...TSX);
    expect([status, out, err]).toEqual([0, 'typescript\ntypescript\n', '']);
  });

  // Its end is that of all who could still print.
  it.each([
    [
      'computes',
      `for (const end = Date.now() + 30_000; Date.now() < end; ); console.log('survived');`,
    ],
    ['has an outcome to send', ``],
    [
      'waits',
      `return new Promise((resolve) => setTimeout(resolve, 30_000)).then(() => console.log('survived'));`,
    ],
  ])('takes its processes along when it is killed, also one that %s', async (_, meanwhile) => {
    const text = `
      import { ProcessPoolExecutor } from '@loop/executor';
      const pool = new ProcessPoolExecutor({ maxWorkers: 1 });
      await pool.submit(() => {
        process.kill(process.ppid, 'SIGKILL');
        ${meanwhile}
      });`;
    expect(await runText(text, ...TSX)).toMatchObject({ out: '', err: '' });
  });

  it('EXEC-034 is told to guard its start when a worker runs it, and does not start for ever', async () => {
    const { status, out } = await runProgram('has-no-guard.ts', ...TSX);
    expect(out).toMatch(/^RuntimeError: a worker is loading file:.*has-no-guard\.ts.*\n42\n$/);
    expect(out).toContain('let it do so in the main program only');
    expect(status).toBe(0);
  });

  it('EXEC-028 waits for its jobs before it ends, and takes none while it does', async () => {
    const { status, out } = await runProgram('leaves-jobs.ts', ...TSX);
    const lines = out.trimEnd().split('\n');
    const jobs = ['ThreadPoolExecutor', 'ProcessPoolExecutor'].flatMap((pool) =>
      [1, 2, 3].map((index) => `${pool} ${index}`),
    );
    // The two pools print side by side.
    expect(lines.slice(0, 6).toSorted()).toEqual(jobs.toSorted());
    const refused = 'RuntimeError: cannot schedule new futures after interpreter shutdown';
    expect(lines.slice(6)).toEqual([refused, refused]);
    expect(status).toBe(0);
  });

  it('takes the processes of its jobs along when it exits without waiting', async () => {
    // A process left behind would keep the other end of this program's output open.
    expect(await runProgram('exits-meanwhile.ts', ...TSX)).toEqual({
      status: 3,
      out: 'ready\n',
      err: '',
    });
  });

  it('goes on when a process needs more memory than there is, and says how it died', async () => {
    const { status, out } = await runProgram(
      'needs-more-memory.ts',
      ...TSX,
      '--max-old-space-size=48',
    );
    expect(out).toMatch(/^BrokenProcessPool: .*: worker 0 (was killed by SIG|exited with code )/);
    expect(status).toBe(0);
  });
});
