import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { OSError } from '@loop/posix';
import { type PemSource, readPem } from './pem.ts';

/** Where certificates to trust come from. */
export interface VerifyLocations {
  /** A file of certificates, and of lists of revoked ones, in PEM. */
  readonly cafile?: PemSource | null | undefined;
  /** A folder of such files. */
  readonly capath?: string | null | undefined;
  /** The certificates: PEM as text, PEM or DER as bytes. */
  readonly cadata?: string | Uint8Array | null | undefined;
}

/** Whether it is one source, and not an object of several. */
export function isSource(value: unknown): value is PemSource {
  return typeof value === 'string' || value instanceof URL || value instanceof Uint8Array;
}

/**
 * What is in all of them.
 *
 * @throws {OSError} A file or folder cannot be read.
 */
export function* contentsOf({ cafile, capath, cadata }: VerifyLocations): Iterable<Buffer> {
  if (cafile !== undefined && cafile !== null) yield readPem(cafile, 'cafile');
  if (cadata !== undefined && cadata !== null) {
    yield typeof cadata === 'string' ? Buffer.from(cadata) : readPem(cadata, 'cadata');
  }
  if (capath !== undefined && capath !== null) yield* certificatesBelow(capath);
}

/** The files of a folder that are in PEM, whatever else there is. */
function* certificatesBelow(folder: string): Iterable<Buffer> {
  for (const name of namesIn(folder)) {
    let content: Buffer;
    try {
      content = readPem(join(folder, name), 'capath');
    } catch {
      // A folder, or a link to what is gone.
      continue;
    }
    if (content.includes('-----BEGIN ')) yield content;
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'EIO';
    throw new OSError(code, { syscall: 'opendir', address: folder, cause: error });
  }
}
