/** What both resolver calls need: a thread of the pool, one table of errors, and a bound on what waits. */
import { constants } from '../constants/constants.ts';
import { callAsync, lastErrno } from '../ffi/library.ts';
import { OSError } from '../os-error.ts';

/** koffi refuses more than 256 calls at a time; the pool has 4 threads, so more would only wait there. */
const MOST_AT_ONCE = 64;

let running = 0;
const waiting: (() => void)[] = [];

/** The names of EAI_ values. As in Node, a name that is not known is ENOTFOUND whichever way C says so. */
const codes = new Map<number, string>([
  ...Object.entries(constants)
    .filter(([name]) => name.startsWith('EAI_'))
    .map(([name, value]): [number, string] => [value, name]),
  [constants.EAI_NONAME, 'ENOTFOUND'],
  [constants.EAI_NODATA, 'ENOTFOUND'],
]);

/**
 * Calls `name` off the main thread; resolves when C has returned 0.
 *
 * @param args - Buffers in it are kept until then.
 * @throws {OSError} `ENOTFOUND`, `EAI_*`, or the errno that EAI_SYSTEM stands for.
 */
export async function callResolver(
  name: 'getaddrinfo' | 'getnameinfo',
  args: Parameters<typeof callAsync<'getaddrinfo' | 'getnameinfo'>>[1],
  address: { address?: string; port?: number },
): Promise<void> {
  if (running >= MOST_AT_ONCE) await new Promise<void>((resolve) => waiting.push(resolve));
  running += 1;
  try {
    const [status, errno] = await call(name, args);
    if (status === 0) return;
    const code = status === constants.EAI_SYSTEM ? errno : (codes.get(status) ?? 'EAI_FAIL');
    throw new OSError(code, { syscall: name, ...address });
  } finally {
    running -= 1;
    waiting.shift()?.();
  }
}

function call(
  name: 'getaddrinfo' | 'getnameinfo',
  args: Parameters<typeof callAsync<'getaddrinfo' | 'getnameinfo'>>[1],
): Promise<[status: number, errno: number]> {
  return new Promise((resolve, reject) => {
    callAsync(name, args, (failure, status) => {
      const errno = lastErrno();
      if (failure !== null) reject(failure);
      else resolve([status, errno]);
    });
  });
}
