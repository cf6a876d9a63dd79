import { diagnosticsChannel, type PoolFuture } from '@loop/core';

/** What is told about a job of a pool. */
export interface JobMessage {
  /** What `submit` returns. */
  readonly future: PoolFuture<unknown>;
  /** Of the function, `''` if it has none. */
  readonly name: string;
}

export const jobSubmitted = diagnosticsChannel<JobMessage>('loop:job:submit');
/** Told of the jobs that were submitted while somebody had subscribed. */
export const jobEnded = diagnosticsChannel<JobMessage>('loop:job:end');
