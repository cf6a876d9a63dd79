/**
 * An executor of one's own, on somebody else's engine: jobs go to the cluster workers of poolifier.
 *
 * What to see: `Executor` asks for `submit` and `shutdown`, and gets `map` and `await using` for them;
 * `loop.runInExecutor` takes it like any pool. Cancelling is handed on to the engine, which does not say
 * what has started.
 */
import { fileURLToPath } from 'node:url';
import { CancelledError, getRunningLoop, run, RuntimeError } from '@loop/core';
import {
  Executor,
  moduleFunction,
  PoolFuture,
  type Offloadable,
  type ShutdownOptions,
} from '@loop/executor';
import { FixedClusterPool } from 'poolifier';
import type * as sums from './cluster-worker.cjs';

/** What travels to a worker: see `cluster-worker.cjs`. */
interface Call {
  readonly url: string;
  readonly exportName: string;
  readonly args: readonly unknown[];
}

const WORKER = fileURLToPath(new URL('./cluster-worker.cjs', import.meta.url));

class ClusterExecutor extends Executor {
  readonly #engine: FixedClusterPool<Call>;
  readonly #running = new Set<Promise<unknown>>();
  #ended: Promise<void> | null = null;

  constructor(workers: number) {
    super();
    this.#engine = new FixedClusterPool(workers, WORKER, {
      enableTasksQueue: true,
      // Its workers are JavaScript: what loads TypeScript into this program would only delay them.
      settings: { execArgv: [] },
    });
  }

  override submit<A extends readonly unknown[], R>(
    func: Offloadable<A, R>,
    ...args: A
  ): PoolFuture<Awaited<R>> {
    if (this.#ended !== null) throw new RuntimeError('cannot schedule new futures after shutdown');
    // An engine of processes knows functions by name only.
    if (typeof func === 'function') throw new TypeError('Expected func to be a moduleFunction()');
    const { url, exportName } = func;
    const stop = new AbortController();
    const future = new PoolFuture<Awaited<R>>({
      withdraw: () => false,
      started: () => true,
      abort: () => stop.abort(new CancelledError()),
    });
    const call = this.#engine.execute({ url, exportName, args }, 'call', stop.signal).then(
      (value) => future.setResult(value as Awaited<R>),
      (error: unknown) => future.setException(error),
    );
    this.#running.add(call);
    void call.finally(() => this.#running.delete(call));
    return future;
  }

  override async shutdown({ wait = true }: ShutdownOptions = {}): Promise<void> {
    this.#ended ??= Promise.all(this.#running).then(() => this.#engine.destroy());
    if (wait) await this.#ended;
  }
}

await run(async () => {
  await using cluster = new ClusterExecutor(2);
  const module = new URL('./cluster-worker.cjs', import.meta.url);
  const whoAmI = moduleFunction<typeof sums.whoAmI>(module, 'whoAmI');
  const sumTo = moduleFunction<typeof sums.sumTo>(module, 'sumTo');

  const pid = await getRunningLoop().runInExecutor(cluster, whoAmI);
  console.log(pid === process.pid ? 'This process answers.' : 'Another process answers.');
  for await (const sum of cluster.map(sumTo, [[10, 100, 1000]])) console.log(sum);
});
