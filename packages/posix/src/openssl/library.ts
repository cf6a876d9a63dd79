/**
 * The OpenSSL inside Node, whose executable exports its functions: there is nothing to load and no
 * second copy of OpenSSL.
 *
 * `openssl.SSL_read` and the rest are the functions of signatures.ts, each bound by its first call.
 */
import { NotImplementedError } from '@loop/core/errors';
import { addressOf, bindPrototype } from '../ffi/library.ts';
import { type OpenSslFunctions, signatures } from './signatures.ts';

type Name = keyof OpenSslFunctions;

const names = Object.keys(signatures) as Name[];
const OPENSSL_3 = 0x30000000;

let refusal: NotImplementedError | null | undefined;

export const openssl = Object.fromEntries(
  names.map((name) => [name, stub(name)]),
) as unknown as OpenSslFunctions;

/**
 * Whether this process has an OpenSSL to call: not a Node built without it, nor an Electron with
 * BoringSSL in its place, nor a system without FFI.
 */
export function isOpenSslSupported(): boolean {
  return reasonAgainst() === null;
}

/** @throws {NotImplementedError} There is none, and why. */
export function requireOpenSsl(): void {
  const reason = reasonAgainst();
  if (reason !== null) throw reason;
}

function reasonAgainst(): NotImplementedError | null {
  if (refusal !== undefined) return refusal;
  try {
    for (const name of names) addressOf(symbolOf(name));
    const version = openssl.OpenSSL_version_num();
    if (version < OPENSSL_3)
      throw new Error(`its version is 0x${version.toString(16)}, not 3 or newer`);
    refusal = null;
  } catch (cause) {
    const detail = cause instanceof Error ? cause.message : String(cause);
    refusal = new NotImplementedError(`This process has no OpenSSL to call: ${detail}`, { cause });
  }
  return refusal;
}

function stub(name: Name): (...args: unknown[]) => unknown {
  return (...args) => {
    const bound = bindPrototype(signatures[name].prototype);
    (openssl as Record<string, unknown>)[name] = bound;
    return bound(...args);
  };
}

/** The C name of a line: several lines may declare one function, with other types. */
function symbolOf(name: Name): string {
  const found = /(\w+)\(/.exec(signatures[name].prototype);
  return found?.[1] as string;
}
