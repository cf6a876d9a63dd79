import { copyContext, type Context } from '../context/context.ts';
import { checkBoolean, checkOptions } from '../error/check-argument.ts';
import { describe } from '../error/describe.ts';
import { RuntimeError } from '../error/errors.ts';
import { runAround } from '../extension/registry.ts';
import { isFuture } from '../future/is-future.ts';
import { ensureFuture } from '../future/ensure-future.ts';
import { AbstractEventLoop } from '../loop/abstract-event-loop.ts';
import type { EventLoop } from '../loop/event-loop.ts';
import { installedLoop, newEventLoop, runningLoop, setEventLoop } from '../loop/running-loop.ts';
import type { Awaitable, TaskBody } from '../task/task-body.ts';
import { isCoroutine, isPromiseLike } from '../task/task-body.ts';
import type { Task } from '../task/task.ts';
import { cancelAllTasks } from './cancel-all-tasks.ts';

/** Options of `Runner` and `run`. */
export interface RunnerOptions {
  /** Forces debug mode on or off; without it the loop's default holds. */
  readonly debug?: boolean | null | undefined;
  /** Makes the loop. The loop is then not set as the current one of the thread. */
  readonly loopFactory?: (() => EventLoop) | null | undefined;
}

// As long as the reference waits for the default executor's threads.
const EXECUTOR_TIMEOUT = 300;

/**
 * Runs several mains one after another on one loop and in one context.
 *
 * @see CPython `asyncio.Runner`
 */
export class Runner implements AsyncDisposable {
  readonly #debug: boolean | null;
  readonly #loopFactory: (() => EventLoop) | null;
  #state: 'created' | 'initialized' | 'closed' = 'created';
  #loop: EventLoop | null = null;
  #context: Context | null = null;
  #setsCurrent = false;
  #mainTask: Task | null = null;

  /** @throws {TypeError} An option is unknown or of the wrong kind. */
  constructor(options: RunnerOptions = {}) {
    checkOptions(options, ['debug', 'loopFactory'], 'Runner');
    const { debug = null, loopFactory = null } = options;
    if (debug !== null) checkBoolean(debug, 'debug');
    if (loopFactory !== null && typeof loopFactory !== 'function') {
      throw new TypeError(`Expected loopFactory to be a function, got ${describe(loopFactory)}`);
    }
    this.#debug = debug;
    this.#loopFactory = loopFactory;
  }

  /**
   * The loop, made now if it was not needed before.
   *
   * @throws {RuntimeError} The runner is closed.
   */
  getLoop(): EventLoop {
    return this.#initialized();
  }

  /** The task that {@link run} made of main, while it runs: for extensions that hook into runs. */
  get mainTask(): Task | null {
    return this.#mainTask;
  }

  /**
   * Runs `main` until it ends, and gives its result.
   *
   * @param options - `context` to run in; by default that of all runs of this runner.
   *
   * Rejects with main's own error; `RuntimeError` if the runner is closed, is running, or is called
   * from inside a running loop; `TypeError` if `main` cannot be awaited.
   */
  async run<T>(main: Awaitable<T>, options: { context?: Context | null } = {}): Promise<T> {
    checkMain(main);
    checkOptions(options, ['context'], 'Runner.run');
    if (runningLoop() !== null) {
      throw new RuntimeError('Runner.run() cannot be called from a running event loop');
    }
    const loop = this.#initialized();
    if (loop.isRunning() || this.#mainTask !== null) {
      throw new RuntimeError('This event loop is already running');
    }
    const context = options.context ?? this.#context;
    const body: TaskBody<T> =
      typeof main === 'function' || isCoroutine(main) ? main : awaiting(main, loop);
    const task = loop.createTask<T>(body, { context });
    this.#mainTask = task;
    try {
      return (await runAround(this, () => loop.runUntilComplete(task))) as T;
    } finally {
      this.#mainTask = null;
      // A hook has kept it from running: it must not in the next run either.
      if (!task._started) task.cancel();
    }
  }

  /**
   * Cancels what is left and waits for it, closes async generators, shuts the default executor down
   * (300 seconds at most), and closes the loop. A second time does nothing. Rejects with a
   * `RuntimeError` while the loop is running.
   */
  async close(): Promise<void> {
    const loop = this.#loop;
    if (this.#state !== 'initialized' || loop === null) {
      this.#state = 'closed';
      return;
    }
    if (loop.isRunning()) throw new RuntimeError('Cannot close a running event loop');
    try {
      await cancelAllTasks(loop);
      await loop.runUntilComplete(() => loop.shutdownAsyncgens());
      await loop.runUntilComplete(() => loop.shutdownDefaultExecutor(EXECUTOR_TIMEOUT));
    } finally {
      if (this.#setsCurrent && installedLoop() === loop) setEventLoop(null);
      loop.close();
      this.#loop = null;
      this.#state = 'closed';
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #initialized(): EventLoop {
    if (this.#state === 'closed') throw new RuntimeError('Runner is closed');
    if (this.#loop === null) {
      if (this.#loopFactory === null) {
        this.#loop = newEventLoop();
        setEventLoop(this.#loop);
        this.#setsCurrent = true;
      } else {
        this.#loop = checkLoop(this.#loopFactory());
      }
      if (this.#debug !== null) this.#loop.setDebug(this.#debug);
      this.#context = copyContext();
      this.#state = 'initialized';
    }
    return this.#loop;
  }
}

function checkLoop(loop: unknown): EventLoop {
  if (loop instanceof AbstractEventLoop) return loop as EventLoop;
  throw new TypeError(`Expected loopFactory to return an event loop, got ${describe(loop)}`);
}

function checkMain(main: unknown): void {
  if (typeof main === 'function' || isCoroutine(main) || isPromiseLike(main)) return;
  throw new TypeError(`A Future, a coroutine or an awaitable is required, got ${describe(main)}`);
}

/** A body that awaits a future or promise. */
function awaiting<T>(awaitable: Awaitable<T>, loop: EventLoop): TaskBody<T> {
  const future = isFuture(awaitable) ? awaitable : null;
  return function* main() {
    return yield* future ?? ensureFuture(awaitable, { loop });
  };
}
