import { statSync } from 'node:fs';
import { OSError } from '@loop/posix';

/** A program that could not be started, and why. */
export interface FailedStart {
  /** The system's, by name or number. */
  readonly code: string | number;
  readonly program: Uint8Array;
  readonly cwd: Uint8Array | null;
  readonly cause?: unknown;
}

/** A folder that is missing and a program that is missing have the same code: the message tells which. */
export function startError({ code, program, cwd, cause }: FailedStart): OSError {
  const culprit = cwd !== null && !isFolder(cwd) ? cwd : program;
  return new OSError(code, {
    syscall: 'spawn',
    address: Buffer.from(culprit).toString(),
    ...(cause === undefined ? {} : { cause }),
  });
}

function isFolder(path: Uint8Array): boolean {
  try {
    return statSync(Buffer.from(path)).isDirectory();
  } catch {
    return false;
  }
}
