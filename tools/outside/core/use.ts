// Core alone, where there are no types of Node.
import { type EventLoop, type Future, run, sleep } from '@loop/core';
import { CancelledError } from '@loop/core/errors';

const text: string = await run(async () => await sleep(0, 'abc'));

export function watch(loop: EventLoop): Future<void> {
  // @ts-expect-error Without @loop/net a loop cannot watch a descriptor.
  loop.addReader(0, () => console.log(text));
  return loop.createFuture<void>();
}

export const isCancelled = (error: unknown): boolean => error instanceof CancelledError;
