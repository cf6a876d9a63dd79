/** System codes, their numbers and their texts: one table, from what Node knows of this platform. */
import { constants } from 'node:os';
import { getSystemErrorMap } from 'node:util';

const numbers = new Map<string, number>(Object.entries(constants.errno));
const names = new Map<number, string>();
const texts = new Map<string, string>();

for (const [code, errno] of numbers) if (!names.has(errno)) names.set(errno, code);
// libuv's own codes (EAI_*, EOF, UNKNOWN) lie below -3000: they name no errno of the system.
for (const [negative, [code, text]] of getSystemErrorMap()) {
  texts.set(code, text);
  if (negative > -3000 && !names.has(-negative)) names.set(-negative, code);
  if (!numbers.has(code)) numbers.set(code, -negative);
}

// What libuv has no text for, and programs meet: a program that is none has the first.
for (const [code, text] of [
  ['ENOEXEC', 'exec format error'],
  ['ECHILD', 'no child processes'],
] as const) {
  if (!texts.has(code)) texts.set(code, text);
}

// Node's name for what the C library calls EAI_NONAME or EAI_NODATA.
numbers.set('ENOTFOUND', numbers.get('EAI_NONAME')!);
texts.set('ENOTFOUND', texts.get('EAI_NONAME')!);

// What libuv never meets, and we do.
texts.set('EINPROGRESS', 'operation now in progress');
texts.set('ECHILD', 'no child processes');

/** The name of an errno (`'EAGAIN'` for 11 on Linux), or `errno 11` where it has none. */
export function errnoName(errno: number): string {
  return names.get(errno) ?? `errno ${errno}`;
}

/** The errno of a name on this platform, or `undefined`. */
export function errnoNumber(code: string): number | undefined {
  return numbers.get(code);
}

/** What the code says in words, or `undefined`. */
export function errnoText(code: string): string | undefined {
  return texts.get(code);
}

const required = (code: string): number => numbers.get(code)!;

/** The errno values that this package and `@loop/net` act upon, as positive numbers. */
export const EAGAIN = required('EAGAIN');
export const EBADF = required('EBADF');
export const ECHILD = required('ECHILD');
export const EIO = required('EIO');
export const ECONNABORTED = required('ECONNABORTED');
export const ECONNREFUSED = required('ECONNREFUSED');
export const ECONNRESET = required('ECONNRESET');
export const EEXIST = required('EEXIST');
export const EINPROGRESS = required('EINPROGRESS');
export const EINTR = required('EINTR');
export const EINVAL = required('EINVAL');
export const EMFILE = required('EMFILE');
export const EMSGSIZE = required('EMSGSIZE');
export const ENFILE = required('ENFILE');
export const ENOBUFS = required('ENOBUFS');
export const ENOENT = required('ENOENT');
export const ENOMEM = required('ENOMEM');
export const ENOSYS = required('ENOSYS');
export const EPERM = required('EPERM');
export const EPIPE = required('EPIPE');
export const ESRCH = required('ESRCH');
