import type { EventLoop } from '@loop/core';
import type { ProcessPoolExecutor, ThreadPoolExecutor } from '@loop/executor';
import type { SSLContext } from '@loop/net';
import type { Random } from './random.ts';

/** What all scenarios share, and what stands from the beginning to the end. */
export interface World {
  readonly loop: EventLoop;
  /** A folder for sockets and files. */
  readonly folder: string;
  /** Where the echo servers listen. */
  readonly tcpPort: number;
  readonly tlsPort: number;
  readonly unixPath: string;
  readonly udpPort: number;
  /** For servers. */
  readonly identity: SSLContext;
  /** For clients of the TLS server. */
  readonly trust: SSLContext;
  readonly threads: ThreadPoolExecutor;
  readonly processes: ProcessPoolExecutor;
}

/** A piece of work that ends by itself; it may be cancelled anywhere, and has to leave nothing then either. */
export interface Scenario {
  readonly name: string;
  /** How often it comes, against the others. */
  readonly weight: number;
  run(world: World, random: Random): Promise<void>;
}

/** Something did not come out as it has to. */
export class Surprise extends Error {
  override readonly name = 'Surprise';
}

export function expectEqual(actual: unknown, expected: unknown, what: string): void {
  if (actual !== expected)
    throw new Surprise(`Expected ${what} to be ${String(expected)}, got ${String(actual)}`);
}

export function expectBytes(actual: Uint8Array, expected: Uint8Array, what: string): void {
  if (Buffer.compare(actual, expected) !== 0) {
    throw new Surprise(
      `${what}: ${actual.length} bytes came, and are not the ${expected.length} that were sent`,
    );
  }
}
