import { spawnSync } from 'node:child_process';

/** Whether there is such a program, to test with. */
export function isInstalled(program: string): boolean {
  return spawnSync('which', [program]).status === 0;
}
