import { constants } from 'node:os';
import { CancelledError, type Coroutine, type EventLoop, type Future } from '@loop/core';
import { checkOptions } from '@loop/core/errors';
import { ProcessTree } from './process-tree.ts';

const { SIGKILL, SIGTERM } = constants.signals;

/** How a child is ended: asked first, then made to. */
export interface TerminateOptions {
  /** Seconds from SIGTERM to SIGKILL; 5 by default. */
  readonly grace?: number | undefined;
  /** Whether all that the child has started is ended too. */
  readonly tree?: boolean | undefined;
}

/** Whom a signal is for. */
export interface SignalOptions {
  /** Whether all that the child has started gets it too. Linux only. */
  readonly tree?: boolean | undefined;
}

/** What is needed of a child to end it. */
export interface Endable {
  getPid(): number;
  getReturncode(): number | null;
  sendSignal(signal: number): void;
  /** Ends with the child. */
  _exited(): Coroutine<void>;
}

/** @throws {TypeError} `options` is none, or `grace` is no number of seconds. */
export function checkTerminateOptions(options: TerminateOptions): void {
  checkOptions(options, ['grace', 'tree'], 'terminate');
  const { grace } = options;
  if (grace === undefined || (typeof grace === 'number' && grace >= 0)) return;
  throw new TypeError(`Expected grace to be 0 or more seconds, got ${JSON.stringify(grace)}`);
}

/** Ends the child, and is over when it has ended. Whoever is cancelled waiting for that kills it at once. */
export function* terminate(
  loop: EventLoop,
  child: Endable,
  { grace = 5, tree = false }: TerminateOptions,
): Coroutine<void> {
  if (child.getReturncode() !== null) return;
  const ending = tree ? new TreeEnding(loop, child) : new ChildEnding(loop, child);
  let cancelled: CancelledError | null = null;
  try {
    ending.send(SIGTERM);
    const ended = yield* within(loop, grace, ending.allEnded());
    if (!ended) ending.send(SIGKILL);
  } catch (error) {
    if (!(error instanceof CancelledError)) throw error;
    cancelled = error;
    ending.send(SIGKILL);
  } finally {
    ending.close();
  }
  yield* child._exited();
  if (cancelled !== null) throw cancelled;
}

/** The child alone. */
class ChildEnding {
  readonly #loop: EventLoop;
  readonly #child: Endable;

  constructor(loop: EventLoop, child: Endable) {
    this.#loop = loop;
    this.#child = child;
  }

  send(signal: number): void {
    if (this.#child.getReturncode() === null) this.#child.sendSignal(signal);
  }

  allEnded(): Future<void> {
    return this.#loop.createTask(() => this.#child._exited());
  }

  close(): void {}
}

/** The child and what it has started. */
class TreeEnding {
  readonly #loop: EventLoop;
  readonly #tree: ProcessTree;

  constructor(loop: EventLoop, child: Endable) {
    this.#loop = loop;
    this.#tree = new ProcessTree(child.getPid());
  }

  send(signal: number): void {
    this.#tree.send(signal);
  }

  allEnded(): Future<void> {
    const ended = this.#loop.createFuture<void>();
    this.#tree.whenEnded(this.#loop, () => ended.done() || ended.setResult());
    return ended;
  }

  close(): void {
    this.#tree.close(this.#loop);
  }
}

/** Waits until `future` is done, or so many seconds; whether it is done. */
function* within(loop: EventLoop, seconds: number, future: Future<void>): Coroutine<boolean> {
  const over = loop.createFuture<void>();
  const finish = (): void => void (over.done() || over.setResult());
  future.addDoneCallback(finish);
  const timer = loop.callLater(seconds, finish);
  try {
    yield* over;
    return future.done();
  } finally {
    timer.cancel();
    future.removeDoneCallback(finish);
    future.cancel();
  }
}
