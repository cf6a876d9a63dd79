import type { Target } from '../harness/workload.ts';

/** Who is measured: the columns, ours first. */
export const NET_PEERS = ['loop', 'proactor', 'node', 'asyncio', 'uvloop', 'c'] as const;
export type NetPeer = (typeof NET_PEERS)[number];

/** What the generator does to a server: its arguments. */
export interface Load {
  /** What is done over and over; the generator says what each means. */
  readonly mode: 'echo' | 'connect' | 'resume' | 'hold' | 'fetch';
  readonly transport: 'tcp' | 'unix' | 'udp';
  readonly connections: number;
  /** Bytes each way in an operation. */
  readonly size: number;
}

/** One row of the table, or two: the cost of an operation, and how many were done in a second. */
export interface NetCase {
  readonly title: string;
  /** CPU time of the server for an operation, or its memory for a connection. */
  readonly unit: 'ns' | 'bytes';
  /** What the server is told, after the name of the peer. */
  readonly server: readonly string[];
  readonly load: Load;
  readonly targets: readonly Target[];
  /** Who has a server for it; by default all that the scenario names. */
  readonly peers?: readonly NetPeer[];
}

/**
 * A kind of server, and what is asked of it. Its folder holds a program for each peer: `loop.ts` (both
 * of our backends), `node.ts`, `python.py` and `native.c`.
 */
export interface Scenario {
  readonly folder: string;
  readonly peers: readonly NetPeer[];
  readonly cases: readonly NetCase[];
  /** A program of `load/` in C; without one it is `generator`, which is there in TypeScript as well. */
  readonly generator?: string;
  /** Libraries that its programs in C are linked with, as `-lssl`. */
  readonly libraries?: readonly string[];
}
