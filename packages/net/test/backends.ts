import type { EventLoop, EventLoopOptions } from '@loop/core';
import { type BackendName, ProactorEventLoop, SelectorEventLoop } from '@loop/net';
import { selectors } from './selectors.ts';

/** Makes a loop. */
export type MakeLoop = (options?: EventLoopOptions) => EventLoop;

/** Every way in which a loop can do I/O here, by name: what a program sees must not depend on it. */
export const backends: ReadonlyArray<
  readonly [name: string, makeLoop: MakeLoop, backend: BackendName]
> = [
  ...selectors.map(
    ([name, makeSelector]) =>
      [
        name,
        (options?: EventLoopOptions) => new SelectorEventLoop(makeSelector(), options),
        'selector',
      ] as const,
  ),
  ['proactor', (options) => new ProactorEventLoop(options), 'proactor'],
];

/** Those on readiness, for what only they can do. */
export const selectorLoops = backends.filter(([, , backend]) => backend === 'selector');
