import { execFile } from 'node:child_process';

/** How a program ended. */
export interface ProgramEnd {
  readonly status: number | string | null;
  readonly out: string;
  readonly err: string;
}

/** Runs `fixtures/<name>` in a process of its own. */
export function runProgram(
  name: string,
  env: Readonly<Record<string, string>> = {},
): Promise<ProgramEnd> {
  const program = new URL(`fixtures/${name}`, import.meta.url).pathname;
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      ['--import', 'tsx', program],
      {
        cwd: new URL('..', import.meta.url),
        env: { ...process.env, NODE_OPTIONS: '', ...env },
      },
      (error, out, err) => resolve({ status: error === null ? 0 : (error.code ?? null), out, err }),
    );
  });
}
