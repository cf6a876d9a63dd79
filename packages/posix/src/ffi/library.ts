/**
 * The C library, opened when it is first called: importing this package loads nothing.
 *
 * `libc.recv` and the rest are the functions of signatures.ts. Each is a stub until the first call of any
 * in this thread, which binds all of them, so a hot call pays for no test. koffi aborts the process when
 * `worker.terminate()` comes while it binds a function: so that can be in those milliseconds only.
 */
import { NotImplementedError } from '@loop/core/errors';
import { type Signature, withErrno } from './invoke.ts';
import { type CFunction, type CLibrary, type Koffi, loadKoffi } from './koffi.ts';
import { assertLayouts } from './layouts.ts';
import { type Bytes, signatures } from './signatures.ts';

type FunctionOf<S> = S extends Signature<infer F> ? F : never;
type Functions = { [N in keyof typeof signatures]: FunctionOf<(typeof signatures)[N]> };
type Name = keyof Functions;

interface Native {
  readonly koffi: Koffi;
  readonly library: CLibrary;
  /** errno of this thread, live. */
  readonly errno: Int32Array;
}

const platforms = ['linux-x64', 'linux-arm64', 'darwin-x64', 'darwin-arm64'];

let native: Native | undefined;
let refusal: NotImplementedError | undefined;

/**
 * Whether the descriptors of this package work here: a known platform, with koffi installed. Every
 * other call throws {@link NotImplementedError} where this is false.
 */
export function isSupported(): boolean {
  try {
    open();
    return true;
  } catch {
    return false;
  }
}

export const libc = Object.fromEntries(
  (Object.keys(signatures) as Name[]).map((name) => [name, stub(name)]),
) as unknown as Functions;

/** koffi itself, for what is no plain call: addresses, views, its own poll handles. */
export function koffi(): Koffi {
  return open().koffi;
}

/** errno as the last call in this thread left it; for calls that report failure in another way. */
export function lastErrno(): number {
  return open().errno[0]!;
}

/**
 * The address of a C function, to be called by C.
 *
 * Looked up once: koffi aborts the process when `worker.terminate()` comes in the middle of a look-up.
 *
 * @throws {NotImplementedError} This process has no such symbol.
 */
export function addressOf(symbol: string): number {
  let address = addresses.get(symbol);
  if (address === undefined) {
    const { library } = open();
    try {
      address = Number(library.symbol(symbol));
    } catch (cause) {
      throw new NotImplementedError(`This process has no C function ${symbol}`, { cause });
    }
    addresses.set(symbol, address);
  }
  return address;
}

const addresses = new Map<string, number>();
// Those that are asked for on the way, besides the ones of OpenSSL.
const ADDRESSES = ['uv_is_active', 'uv_poll_stop', 'free', 'close'];

/** A C function that has no errno, by its prototype: for tables beside the one of signatures.ts. */
export function bindPrototype(prototype: string): CFunction {
  return open().library.func(prototype);
}

/** A call made on a thread of the pool, by way of koffi; no errno check. */
export function callAsync<N extends Name>(
  name: N,
  args: Parameters<Functions[N]>,
  done: (failure: Error | null, result: number) => void,
): void {
  let found = asynchronous.get(name);
  if (found === undefined) {
    found = open().library.func(declaration(name));
    asynchronous.set(name, found);
  }
  found.async(...args, done);
}

const asynchronous = new Map<Name, CFunction>();

/**
 * Memory that C may be given the address of, for as long as this object is referenced.
 *
 * The address counts only while `bytes` still has its memory: a caller who passes it on checks
 * `bytes.length` first, since whoever got a part of it may have transferred it to another thread.
 */
export class PinnedBuffer {
  readonly bytes: Buffer;
  readonly address: number;

  constructor(size: number) {
    this.bytes = Buffer.allocUnsafeSlow(size);
    this.address = addressOfBytes(this.bytes);
  }
}

/** Where `bytes` starts. Valid while the caller references `bytes` and it is not detached. */
export function addressOfBytes(bytes: NonNullable<Bytes>): number {
  return Number(open().koffi.address(bytes));
}

/** The memory at `address` as bytes; `length` and lifetime are the caller's promise. */
export function viewOf(address: number, length: number): ArrayBuffer {
  return open().koffi.view(BigInt(address), length);
}

function open(): Native {
  if (native !== undefined) return native;
  if (refusal !== undefined) throw refusal;
  try {
    native = load();
    bindAll();
  } catch (cause) {
    refusal = new NotImplementedError(reasonOf(cause), { cause });
    throw refusal;
  }
  return native;
}

function load(): Native {
  const platform = `${process.platform}-${process.arch}`;
  if (!platforms.includes(platform)) throw new Error(`no support for ${platform}`);
  // They have no libuv loop to wake, and Bun aborts the process when it is asked for one.
  const others = ['bun', 'deno'].filter((runtime) => runtime in process.versions);
  if (others.length > 0) throw new Error(`no support for ${others[0]}`);
  const loaded = loadKoffi();
  assertLayouts(loaded);
  const library = loaded.load(null);
  const location = process.platform === 'darwin' ? '__error' : '__errno_location';
  const address = library.func(`uintptr_t ${location}(void)`)();
  return { koffi: loaded, library, errno: new Int32Array(loaded.view(BigInt(address), 4)) };
}

function reasonOf(cause: unknown): string {
  if (cause instanceof Error && 'code' in cause && cause.code === 'MODULE_NOT_FOUND') {
    return '@loop/posix needs the package koffi, which is not installed: npm install koffi';
  }
  const detail = cause instanceof Error ? cause.message : String(cause);
  return `@loop/posix cannot use the C library of this process: ${detail}`;
}

function stub(name: Name): (...args: unknown[]) => unknown {
  return (...args) => {
    const bound = bind(name);
    (libc as Record<string, unknown>)[name] = bound;
    return bound(...args);
  };
}

function bindAll(): void {
  for (const name of Object.keys(signatures) as Name[]) {
    try {
      (libc as Record<string, unknown>)[name] = bind(name);
    } catch {
      // This system has no such function: its stub says so when it is called.
    }
  }
  for (const symbol of ADDRESSES) {
    try {
      addressOf(symbol);
    } catch {
      // As above.
    }
  }
}

function bind(name: Name): (...args: unknown[]) => unknown {
  const { library, errno } = open();
  let call: CFunction;
  try {
    call = library.func(declaration(name));
  } catch (cause) {
    throw new NotImplementedError(`This system has no ${name}()`, { cause });
  }
  if (name === 'fcntl' && process.platform === 'darwin') {
    return withErrno((fd, command, argument) => call(fd, command, 'int', argument), 3, errno);
  }
  return signatures[name].errno ? withErrno(call, call.info.arguments.length, errno) : call;
}

/** The prototype in the words koffi knows. Its own type names are shared by the process: none is made. */
function declaration(name: Name): string {
  const text = signatures[name].prototype
    .replaceAll('ssize_t', 'int64_t')
    .replaceAll('socklen_t', 'uint32_t');
  // A variadic function must be called as one on macOS, arm64.
  return name === 'fcntl' && process.platform === 'darwin' ? text.replace('int arg', '...') : text;
}
