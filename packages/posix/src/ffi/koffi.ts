/**
 * What this package uses of koffi, which is an optional dependency: loaded when it is first needed,
 * and declared here so that the types of this package do not depend on its presence.
 *
 * @see https://koffi.dev
 */
import { createRequire } from 'node:module';

export interface CFunction {
  (...args: unknown[]): number;
  async(...args: unknown[]): void;
  readonly info: { readonly arguments: readonly unknown[] };
}

export interface CLibrary {
  func(prototype: string): CFunction;
  symbol(name: string): bigint;
}

export interface CType {
  readonly size: number;
}

export interface PollHandle {
  ref(): void;
  unref(): void;
  close(): void;
}

export interface Koffi {
  load(path: null): CLibrary;
  address(memory: ArrayBufferView): bigint;
  view(address: bigint, length: number): ArrayBuffer;
  struct(members: Readonly<Record<string, string>>): CType;
  pack(members: Readonly<Record<string, string>>): CType;
  offsetof(type: CType, member: string): number;
  /** The type of a C function; without a name, since those are shared by the process. */
  proto(name: null, result: string, parameters: readonly string[]): CType;
  pointer(type: CType): CType;
  /** A C function that calls `callback`, and what it is called by. Never collected. */
  register(callback: (...args: never[]) => unknown, type: CType): bigint;
  readonly node: {
    readonly env: bigint;
    poll(
      fd: number,
      events: { readable: boolean; writable: boolean },
      callback: () => void,
    ): PollHandle;
  };
}

/** @throws {Error} koffi is not installed, or has no build for this platform. */
export function loadKoffi(): Koffi {
  return createRequire(import.meta.url)('koffi') as Koffi;
}
