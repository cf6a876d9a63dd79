/** What goes between a pool and its workers; `worker/worker-loop.js` is the other end. */
import type { Source } from './offloadable.ts';

/** To a worker: functions that it does not know yet, and jobs in the order in which they run. */
export interface Batch {
  /** Whether the functions that it knows are not named any more. */
  readonly forget: boolean;
  readonly sources: ReadonlyArray<readonly [id: number, source: Source]>;
  readonly jobs: readonly JobMessage[];
}

/** `variables` are the context variables that travel, if there are any. */
export type JobMessage = readonly [
  sequence: number,
  functionId: number,
  args: readonly unknown[],
  variables: Readonly<Record<string, unknown>> | null,
];

/** From a worker. */
export interface Reply {
  /** Every job before this sequence number is over, or was withdrawn. */
  readonly passed: number;
  readonly outcomes: readonly Outcome[];
  /** The initializer failed. */
  readonly broken?: WireError;
  /** The last word of a process, before it ends by itself. */
  readonly died?: WireError;
}

/** A result, or what was thrown in the form of `Thrown`, and how long it took. */
export type Outcome = readonly [sequence: number, ok: boolean, value: unknown, tookMs: number];

/** An error in a form that survives the way. */
export interface WireError {
  readonly name: string;
  readonly className: string;
  readonly message: string;
  readonly stack: string;
  readonly cause?: Thrown;
  readonly errors?: readonly Thrown[];
  readonly args?: readonly unknown[];
  readonly properties: Readonly<Record<string, unknown>>;
}

/** A thrown value: an error, or anything else as it is. */
export type Thrown = { readonly error: WireError } | { readonly value: unknown };
