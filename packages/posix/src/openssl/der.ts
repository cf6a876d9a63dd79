/** OpenSSL's way to write and read DER: a pointer to a pointer, which the call moves on. */
import { addressOfBytes } from '../ffi/library.ts';
import type { Bytes } from '../ffi/signatures.ts';

/** @param write - An `i2d_` function: answers the length, and writes when it is given where. */
export function encodeDer(write: (out: Bytes) => number): Buffer {
  const der = Buffer.allocUnsafeSlow(Math.max(0, write(null)));
  if (der.length > 0) write(BigUint64Array.of(BigInt(addressOfBytes(der))));
  return der;
}

/** @param read - A `d2i_` function. */
export function decodeDer(der: Uint8Array, read: (from: Bytes, length: number) => number): number {
  // A copy of its own: the address of a small typed array can change.
  const bytes = Buffer.allocUnsafeSlow(der.length);
  bytes.set(der);
  const result = read(BigUint64Array.of(BigInt(addressOfBytes(bytes))), bytes.length);
  // Here, so that `bytes` lives until the call is over.
  return bytes.length === der.length ? result : 0;
}
