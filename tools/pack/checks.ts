import { execFileSync } from 'node:child_process';

let failed = 0;

/** Runs a check, and prints how it came out. */
export function check(label: string, body: () => void): void {
  try {
    body();
    console.log(`ok    ${label}`);
  } catch (error) {
    failed += 1;
    const { message, stdout = '' } = error as Error & { stdout?: string };
    console.error(`FAIL  ${label}\n${message}\n${stdout}`);
  }
}

/** How many checks have failed. */
export function failures(): number {
  return failed;
}

/** What a command prints; a status that is not 0 throws. */
export function run(command: string, args: readonly string[], cwd: string): string {
  return execFileSync(command, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}
