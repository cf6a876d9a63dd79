import { asCompleted } from '../../src/combine/as-completed.ts';
import { gather } from '../../src/combine/gather.ts';
import { shield } from '../../src/combine/shield.ts';
import { sleep } from '../../src/combine/sleep.ts';
import { TaskGroup } from '../../src/combine/task-group.ts';
import { timeout, type Timeout } from '../../src/combine/timeout.ts';
import { waitFor } from '../../src/combine/wait-for.ts';
import { ALL_COMPLETED, FIRST_COMPLETED, FIRST_EXCEPTION, wait } from '../../src/combine/wait.ts';
import { ExceptionGroup } from '../../src/error/exception-group.ts';
import { CancelledError } from '../../src/error/errors.ts';
import type { Future } from '../../src/future/future.ts';
import type { Host } from '../../src/host/host.ts';
import { EventLoop } from '../../src/loop/event-loop.ts';
import { getRunningLoop } from '../../src/loop/running-loop.ts';
import { Barrier } from '../../src/sync/barrier.ts';
import { Condition } from '../../src/sync/condition.ts';
import { Event } from '../../src/sync/event.ts';
import { Lock } from '../../src/sync/lock.ts';
import type { LockGuard } from '../../src/sync/lock-guard.ts';
import { PriorityQueue } from '../../src/sync/priority-queue.ts';
import { Queue } from '../../src/sync/queue.ts';
import { BoundedSemaphore, Semaphore } from '../../src/sync/semaphore.ts';
import { createTask } from '../../src/task/create-task.ts';
import { eagerTaskFactory } from '../../src/task/eager-task.ts';
import { currentTask } from '../../src/task/current-task.ts';
import type { TaskBody } from '../../src/task/task-body.ts';
import type { Task, TaskOptions } from '../../src/task/task.ts';
import { VirtualHost } from '../../src/testing/index.ts';
import { wait as until, type Script, type Style } from '../coroutine-styles.ts';

type Block = readonly (readonly [kind: string, ...args: never[]])[];

/** A program that was written by `record.py`, and what it does under CPython. */
export interface RecordedProgram {
  readonly seed: number;
  /** Whether all tasks start eagerly. */
  readonly eager: boolean;
  readonly program: readonly Block[];
  readonly trace: readonly string[];
}

/** Runs a program in one style, and gives its trace. */
export async function runProgram(
  recorded: RecordedProgram,
  style: Style,
  host: Host = new VirtualHost(),
): Promise<string[]> {
  const { program, eager } = recorded;
  using loop = new EventLoop({ host });
  loop.setExceptionHandler(() => {});
  if (eager) loop.setTaskFactory(eagerTaskFactory);
  const runner = new Runner(style);
  await loop.runUntilComplete(style.body(() => runner.main(program)));
  return runner.trace;
}

type Create = <T>(body: TaskBody<T>, options: TaskOptions & Record<string, unknown>) => Task<T>;

class Fault extends Error {
  override readonly name = 'Fault';
}

/** One method for each kind of statement, as in `record.py`. */
class Runner {
  readonly trace: string[] = [];
  readonly #tasks: (Task<string> | null)[] = [];
  readonly #style: Style;
  readonly #locks = [new Lock(), new Lock()] as const;
  readonly #semaphores = [new Semaphore(1), new BoundedSemaphore(2)] as const;
  readonly #events = [new Event(), new Event()] as const;
  readonly #conditions = [new Condition(), new Condition(this.#locks[0])] as const;
  readonly #barriers = [new Barrier(2), new Barrier(3)] as const;
  readonly #queues = [new Queue<number>(1), new PriorityQueue<number>({ maxsize: 2 })] as const;

  constructor(style: Style) {
    this.#style = style;
  }

  *main(program: readonly Block[]): Script<void> {
    for (const block of program) void this.#spawn(block);
    yield* until(sleep(100));
    for (let attempt = 0; attempt < 20; attempt += 1) {
      const left = this.#all().filter((task) => !task.done());
      if (left.length === 0) break;
      for (const task of left) task.cancel(`end ${attempt}`);
      yield* until(sleep(10));
    }
    for (const task of this.#all()) this.trace.push(`${task.getName()} ${outcome(task)}`);
    for (const thing of [
      ...this.#locks,
      ...this.#semaphores,
      ...this.#conditions,
      ...this.#barriers,
    ]) {
      this.trace.push(/\[(.*)>/.exec(thing.toString())?.[1] ?? '');
    }
  }

  #all(): Task<string>[] {
    return this.#tasks.filter((task) => task !== null);
  }

  #log(text: string): void {
    this.trace.push(`${getRunningLoop().time().toFixed(9)} ${me().getName()} ${text}`);
  }

  #spawn(block: Block, create: Create = createTask): Task<string> {
    // An eager task may create others before it is known itself.
    const place = this.#tasks.length;
    this.#tasks.push(null);
    const task = create(
      this.#style.body(() => this.#task(block)),
      { name: `t${place}` },
    );
    this.#tasks[place] = task;
    return task;
  }

  *#task(block: Block): Script<string> {
    yield* this.#run(block);
    return me().getName();
  }

  *#run(block: Block): Script<void> {
    for (const [kind, ...args] of block) {
      this.#log(`> ${kind}`);
      let result: unknown;
      try {
        const method = this.#statements[kind] as (...args: never[]) => Script<unknown>;
        result = yield* method(...args);
      } catch (error) {
        this.#log(`${kind}: ${describe(error)} ${me().cancelling()}`);
        throw error;
      }
      this.#log(`${kind}${result === undefined ? '' : `: ${show(result)}`}`);
    }
  }

  *#under(acquired: Script<LockGuard>, body: () => Script<void>): Script<void> {
    using _ = yield* acquired;
    yield* body();
  }

  readonly #statements: Record<string, (...args: never[]) => Script<unknown>> = {
    sleep: (delay: number) => until(sleep(delay)),
    turns: (count: number) => this.#turns(count),
    set: (i: 0 | 1) => now(() => this.#events[i].set()),
    clear: (i: 0 | 1) => now(() => this.#events[i].clear()),
    event: (i: 0 | 1) => none(until(this.#events[i].wait())),
    notify: (i: 0 | 1, n: number) =>
      this.#under(until(this.#conditions[i].acquire()), () =>
        now(() => this.#conditions[i].notify(n)),
      ),
    condition: (i: 0 | 1) =>
      this.#under(until(this.#conditions[i].acquire()), () =>
        none(until(this.#conditions[i].wait())),
      ),
    barrier: (i: 0 | 1) => until(this.#barriers[i].wait()),
    reset: (i: 0 | 1) => until(this.#barriers[i].reset()),
    abort: (i: 0 | 1) => until(this.#barriers[i].abort()),
    put: (i: 0 | 1, item: number) => until(this.#queues[i].put(item)),
    get: (i: 0 | 1) => this.#get(this.#queues[i]),
    join: (i: 0 | 1) => until(this.#queues[i].join()),
    shutdown: (i: 0 | 1, immediate: boolean) => now(() => this.#queues[i].shutdown(immediate)),
    cancel: (i: number) => now(() => this.#tasks[i]?.cancel(`by ${me().getName()}`)),
    await: (i: number) => this.#await(i, (task) => task),
    'await for': (i: number, delay: number | null) =>
      this.#await(i, (task) => waitFor(task, delay)),
    'cancel self': () => none(now(() => me().cancel('self'))),
    uncancel: () => now(() => me().uncancel()),
    raise: () =>
      now(() => {
        throw new Fault();
      }),
    lock: (i: 0 | 1, block: Block) =>
      this.#under(until(this.#locks[i].acquire()), () => this.#run(block)),
    semaphore: (i: 0 | 1, block: Block) =>
      this.#under(until(this.#semaphores[i].acquire()), () => this.#run(block)),
    try: (mode: number, block: Block) => this.#try(mode, block),
    timeout: (delay: number | null, block: Block) => this.#timeout(delay, block),
    rescheduled: (delay: number | null, pause: number, again: number | null, block: Block) =>
      until(
        timeout(delay, (limit) =>
          this.#style.body(() => this.#again(limit, pause, again, block))(),
        ),
      ),
    'wait for': (delay: number | null, block: Block) =>
      until(
        waitFor(
          this.#style.body(() => this.#run(block)),
          delay,
        ),
      ),
    group: (blocks: readonly Block[], body: Block) => this.#group(blocks, body),
    gather: (returnExceptions: boolean, blocks: readonly Block[]) =>
      this.#gather(returnExceptions, blocks),
    wait: (mode: 0 | 1 | 2, delay: number | null, blocks: readonly Block[]) =>
      this.#wait(mode, delay, blocks),
    completed: (delay: number | null, blocks: readonly Block[]) => this.#completed(delay, blocks),
    shield: (block: Block) => others(shield(this.#spawn(block))),
    spawn: (block: Block) => none(now(() => this.#spawn(block))),
  };

  *#turns(count: number): Script<void> {
    for (let turn = 0; turn < count; turn += 1) {
      yield* until(sleep(0));
      this.#log('turn');
    }
  }

  *#get(queue: Queue<number>): Script<number> {
    const item = yield* until(queue.get());
    queue.taskDone();
    return item;
  }

  /** Of two tasks only one may wait for the other. */
  *#await(i: number, by: (task: Task<string>) => Future<string>): Script<unknown> {
    const task = this.#tasks[i];
    if (!task || Number(me().getName().slice(1)) >= i) return undefined;
    return yield* others(by(task));
  }

  *#try(mode: number, block: Block): Script<void> {
    try {
      yield* this.#run(block);
    } catch (error) {
      if (mode === 0) return;
      yield* until(sleep(0));
      if (mode === 1) throw error;
    }
  }

  *#timeout(delay: number | null, block: Block): Script<void> {
    let limit: Timeout | undefined;
    try {
      yield* until(
        timeout(delay, (entered) => {
          limit = entered;
          return this.#style.body(() => this.#run(block))();
        }),
      );
    } finally {
      this.#log(`expired ${limit?.expired()}`);
    }
  }

  *#again(limit: Timeout, pause: number, again: number | null, block: Block): Script<void> {
    yield* until(sleep(pause));
    limit.reschedule(again === null ? null : getRunningLoop().time() + again);
    yield* this.#run(block);
  }

  *#group(blocks: readonly Block[], body: Block): Script<void> {
    yield* until(
      TaskGroup.run((group) => {
        for (const block of blocks) void this.#spawn(block, group.createTask.bind(group));
        return this.#style.body(() => this.#run(body))();
      }),
    );
  }

  *#gather(returnExceptions: boolean, blocks: readonly Block[]): Script<unknown> {
    const tasks = blocks.map((block) => this.#spawn(block));
    const results = yield* others(gather(...tasks, { returnExceptions }));
    return results.map((result) => (result instanceof Error ? result.name : result));
  }

  *#wait(mode: 0 | 1 | 2, delay: number | null, blocks: readonly Block[]): Script<unknown> {
    const returnWhen = ([ALL_COMPLETED, FIRST_COMPLETED, FIRST_EXCEPTION] as const)[mode];
    const tasks = blocks.map((block) => this.#spawn(block));
    const [done] = yield* until(wait(tasks, { timeout: delay, returnWhen }));
    return tasks.filter((task) => done.has(task)).map((task) => task.getName());
  }

  *#completed(delay: number | null, blocks: readonly Block[]): Script<void> {
    const tasks = blocks.map((block) => this.#spawn(block));
    let n = 0;
    for (const next of asCompleted(tasks, { timeout: delay })) {
      this.#log(`next ${n}: ${yield* others(next)}`);
      n += 1;
    }
  }
}

function* others<T>(future: Future<T>): Script<T> {
  try {
    return yield* until(future);
  } catch (error) {
    // Whether a task that was cancelled still knows the message, when it is asked a second time, is
    // undefined.
    throw error instanceof CancelledError ? new CancelledError('others') : error;
  }
}

function* now<T>(act: () => T): Script<T> {
  return act();
}

function* none(script: Script<unknown>): Script<void> {
  yield* script;
}

function me(): Task {
  const task = currentTask();
  if (task === null) throw new Error('a statement ran outside of its task');
  return task;
}

function outcome(task: Task<string>): string {
  if (!task.done()) return 'pending';
  if (task.cancelled()) return 'cancelled';
  const error = task.exception();
  return error === null ? task.result() : describe(error);
}

function describe(error: unknown): string {
  if (error instanceof ExceptionGroup) return `group(${error.errors.map(describe).join(', ')})`;
  if (error instanceof CancelledError) return `CancelledError(${error.args.join(' ')})`;
  return `${(error as Error).name}()`;
}

/** As Python prints it. */
function show(value: unknown): string {
  return Array.isArray(value) ? `[${value.map((item) => `'${item}'`).join(', ')}]` : String(value);
}
