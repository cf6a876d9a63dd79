import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

const root = new URL('../../../', import.meta.url);

/** A fixture program in a process of its own. */
export interface Fixture {
  readonly child: ChildProcessWithoutNullStreams;
  /** Resolves when the program has printed `line`. */
  printed(line: string): Promise<void>;
  /** Resolves when it has printed `line` so often. */
  printedTimes(line: string, count: number): Promise<void>;
  /** Everything it printed, and how it ended. */
  ended(): Promise<{ out: readonly string[]; err: string; status: number | null }>;
}

export function runFixture(name: string, ...args: readonly string[]): Fixture {
  const child = spawn(
    process.execPath,
    [
      '--import',
      'tsx',
      '--conditions=@loop/source',
      new URL(`fixtures/${name}`, import.meta.url).pathname,
      ...args,
    ],
    { cwd: root, env: { ...process.env, NODE_OPTIONS: '' } },
  );
  const out: string[] = [];
  const waiting = new Map<string, () => void>();
  let err = '';
  const lines = createInterface(child.stdout);
  lines.on('line', (line) => {
    out.push(line);
    waiting.get(line)?.();
  });
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
  const closed = Promise.all([once(child, 'close'), once(lines, 'close')]);
  const printedTimes = (line: string, count: number): Promise<void> =>
    new Promise((resolve, reject) => {
      const check = (): void => {
        if (out.filter((each) => each === line).length >= count) resolve();
      };
      waiting.set(line, check);
      check();
      void closed.then(() => reject(new Error(`ended without "${line}": ${out.join('\n')}${err}`)));
    });
  return {
    child,
    printed: (line) => printedTimes(line, 1),
    printedTimes,
    ended: async () => {
      const [[status]] = (await closed) as [[number | null], unknown];
      return { out, err, status };
    },
  };
}
