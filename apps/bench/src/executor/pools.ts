/** The pools that are compared, each as it comes: with as many workers as there are processors. */
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { Executor } from '@loop/executor';
import type { Library, Place } from './pool-case.ts';

/** Submits one call of a job; `bytes` is copied, or moved. */
export type Submit = (bytes: Uint8Array | null, move: boolean) => PromiseLike<unknown>;
type Start = (job: string) => Promise<Submit>;

const maxWorkers = availableParallelism();
const fileOf = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

export const pools: {
  readonly [L in Exclude<Library, 'python'>]: { readonly [P in Place]?: Start };
} = {
  loop: {
    threads: ours('ThreadPoolExecutor'),
    interpreters: ours('InterpreterPoolExecutor'),
    processes: ours('ProcessPoolExecutor'),
  },
  piscina: {
    threads: async (job) => {
      const { Piscina } = await import('piscina');
      const threads = { minThreads: maxWorkers, maxThreads: maxWorkers };
      const pool = new Piscina({ filename: fileOf('./piscina-jobs.js'), name: job, ...threads });
      return (bytes, move) => pool.run(bytes, move ? { transferList: [bufferOf(bytes)] } : {});
    },
  },
  tinypool: { threads: tinypool('worker_threads'), processes: tinypool('child_process') },
  workerpool: { threads: workerpool('thread'), processes: workerpool('process') },
};

function ours(
  name: 'ThreadPoolExecutor' | 'InterpreterPoolExecutor' | 'ProcessPoolExecutor',
): Start {
  return async (job) => {
    const executor = await import('@loop/executor');
    const pool: Executor = new executor[name]({ maxWorkers });
    const func = executor.moduleFunction(fileOf('./jobs.js'), job);
    return (bytes, move) => {
      if (bytes === null) return pool.submit(func);
      return pool.submit(func, move ? executor.transfer(bytes, [bufferOf(bytes)]) : bytes);
    };
  };
}

function tinypool(runtime: 'worker_threads' | 'child_process'): Start {
  return async (job) => {
    const { Tinypool } = await import('tinypool');
    const threads = { minThreads: maxWorkers, maxThreads: maxWorkers };
    // Otherwise bytes travel as JSON to a process.
    const serialization = 'advanced';
    const filename = fileOf('./tinypool-jobs.js');
    const pool = new Tinypool({ filename, name: job, runtime, serialization, ...threads });
    return (bytes, move) => pool.run(bytes, move ? { transferList: [bufferOf(bytes)] } : {});
  };
}

function workerpool(workerType: 'thread' | 'process'): Start {
  return async (job) => {
    const { default: library } = await import('workerpool');
    const pool = library.pool(fileOf('./workerpool-jobs.js'), {
      workerType,
      minWorkers: maxWorkers,
      maxWorkers,
      // Otherwise bytes travel as JSON.
      forkOpts: { serialization: 'advanced' },
    });
    return (bytes, move) =>
      pool.exec(job, [bytes], move ? { transfer: [bufferOf(bytes)] } : undefined);
  };
}

function bufferOf(bytes: Uint8Array | null): ArrayBuffer {
  return bytes?.buffer as ArrayBuffer;
}
