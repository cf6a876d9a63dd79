import { checkNumber } from '../error/check-argument.ts';
import type { Future } from '../future/future.ts';
import type { EventLoop } from '../loop/event-loop.ts';
import type { Runner } from '../run/runner.ts';
import { operation } from '../task/operation.ts';
import type { Coroutine } from '../task/task-body.ts';

/**
 * What a package adds to the loop. Our own packages use exactly this.
 *
 * The types of `methods` come by declaration merging:
 *
 * ```ts
 * declare module '@loop/core' {
 *   interface EventLoop {
 *     hello(name: string): Future<void>;
 *   }
 * }
 * ```
 */
export interface Extension {
  /** The package's name. A second registration under it is an error: two copies are loaded. */
  readonly name: string;
  /** Put on every loop, with the loop as `this`. */
  readonly methods?: Readonly<Record<string, (this: EventLoop, ...args: never[]) => unknown>>;
  /** Called once for each loop, when it is made or, for loops that exist, on registration. */
  attach?(loop: EventLoop): void;
  /** Runs around each `Runner.run`, the last registered outermost; has to return what `run` gives. */
  aroundRun?(runner: Runner, run: () => Promise<unknown>): Promise<unknown>;
  /** Waits until the jobs of the loop's default executor are done, at most `timeout` seconds (`null`: no limit). */
  shutdownDefaultExecutor?(loop: EventLoop, timeout: number | null): Coroutine<void>;
  /** Called by `loop.close()`, in reverse order of registration. Frees what the loop holds for the package. */
  close?(loop: EventLoop): void;
}

const extensions: Extension[] = [];
// Loops that exist when a package is loaded have to hear of it; they may be forgotten unclosed.
const openLoops = new Set<WeakRef<EventLoop>>();

export function addExtension(extension: Extension): void {
  extensions.push(extension);
  for (const loop of existingLoops()) extension.attach?.(loop);
}

/** Whether a package of that name is registered. */
export function isRegistered(name: string): boolean {
  return extensions.some((extension) => extension.name === name);
}

export function attachExtensions(loop: EventLoop): void {
  openLoops.add(new WeakRef(loop));
  for (const extension of extensions) extension.attach?.(loop);
}

export function closeExtensions(loop: EventLoop): void {
  for (const reference of openLoops) {
    const open = reference.deref();
    if (open === loop || open === undefined) openLoops.delete(reference);
  }
  const errors: unknown[] = [];
  for (const extension of extensions.toReversed()) {
    try {
      extension.close?.(loop);
    } catch (error) {
      errors.push(error);
    }
  }
  if (errors.length === 1) throw errors[0];
  if (errors.length > 1) throw new AggregateError(errors, 'several packages failed to close');
}

/** Runs `run` inside the `aroundRun` hooks. */
export function runAround(runner: Runner, run: () => Promise<unknown>): Promise<unknown> {
  let wrapped = run;
  for (const extension of extensions) {
    const around = extension.aroundRun?.bind(extension);
    const inner = wrapped;
    if (around !== undefined) wrapped = () => around(runner, inner);
  }
  return wrapped();
}

export function shutDownExecutor(loop: EventLoop, timeout: number | null): Future<void> {
  return operation(function* () {
    if (timeout !== null) checkNumber(timeout, 'timeout');
    for (const extension of extensions) {
      const shutdown = extension.shutdownDefaultExecutor?.(loop, timeout);
      if (shutdown !== undefined) yield* shutdown;
    }
  }, loop);
}

function* existingLoops(): Iterable<EventLoop> {
  for (const reference of openLoops) {
    const loop = reference.deref();
    if (loop !== undefined) yield loop;
  }
}
