import { NotImplementedError } from '@loop/core';
import { AF_UNIX } from '@loop/posix';
import { encodeAddress, SOCKADDR_SIZE } from '@loop/posix/internal';

/**
 * The path of a Unix socket as Node takes it: text.
 *
 * @throws {OSError} `ENAMETOOLONG`: no system has room for it. Node would cut it off.
 * @throws {NotImplementedError} The bytes are no text.
 */
export function nodePath(path: string | Buffer): string {
  encodeAddress(AF_UNIX, path, Buffer.alloc(SOCKADDR_SIZE));
  if (typeof path === 'string') return path;
  const text = path.toString();
  if (Buffer.from(text).equals(path)) return text;
  throw new NotImplementedError(
    `A path that is not UTF-8 needs sockets of our own, on a SelectorEventLoop: got ${path.toString('latin1')}`,
  );
}
