import { resolve } from 'node:path';
import { isExecutable } from '@loop/posix/internal';

const SLASH = 0x2f;
// Where the reference looks when there is no PATH.
const DEFAULT_PATH = '/bin:/usr/bin';

/**
 * The paths to try for a program, best first: itself if it is a path, or else one for each folder
 * of PATH that has such a program. If none has, the last one is left to fail.
 *
 * @param env - The child's environment, whose PATH it is; `undefined`: this process's.
 */
export function findProgram(
  program: Uint8Array,
  env: Readonly<Record<string, string | undefined>> | undefined,
  cwd: Uint8Array | null,
): readonly Uint8Array[] {
  if (program.includes(SLASH) || program.length === 0) return [program];
  const folders = ((env ?? process.env)['PATH'] ?? DEFAULT_PATH).split(':');
  const paths = folders.map((folder) =>
    Buffer.concat([Buffer.from(folder === '' ? './' : `${folder}/`), program]),
  );
  const found = paths.filter((path) => isExecutable(fromFolder(path, cwd)));
  return found.length > 0 ? found : paths.slice(-1);
}

/** The child changes its folder before it starts the program. */
function fromFolder(path: Buffer, cwd: Uint8Array | null): Uint8Array {
  if (cwd === null || path[0] === SLASH) return path;
  return Buffer.from(resolve(Buffer.from(cwd).toString(), path.toString()));
}
