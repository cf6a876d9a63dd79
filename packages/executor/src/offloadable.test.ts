import {
  NotShareableError,
  InterpreterPoolExecutor,
  moduleFunction,
  ThreadPoolExecutor,
} from '@loop/executor';
import { ValueError } from '@loop/core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { errorOf } from '../test/error-of.ts';
import type * as jobs from '../test/fixtures/jobs.mjs';
import type * as typescriptJobs from '../test/fixtures/jobs.ts';

const JOBS = new URL('../test/fixtures/jobs.mjs', import.meta.url);
const TYPESCRIPT_JOBS = new URL('../test/fixtures/jobs.ts', import.meta.url);

let pool: ThreadPoolExecutor;

beforeAll(() => {
  pool = new ThreadPoolExecutor({ maxWorkers: 1 });
});

afterAll(() => pool.shutdown());

describe('a self-contained function', () => {
  it('may be written in any way', async () => {
    const object = {
      method(this: void, x: number) {
        return x + 1;
      },
      async asyncMethod(this: void, x: number) {
        return x + 2;
      },
      'quoted name'(this: void, x: number) {
        return x + 3;
      },
      *generator(this: void, x: number) {
        yield x;
      },
    };
    const functions: Array<(this: void, x: number) => number | Promise<number>> = [
      object.method,
      object.asyncMethod,
      object['quoted name'],
      (x: number) => x + 4,
      async (x: number) => x + 5,
      function (x: number) {
        return x + 6;
      },
      async function named(x: number) {
        return x + 7;
      },
      (x: number): number => {
        const inner = (y: number): number => y + 8;
        return inner(x);
      },
    ];
    expect(await Promise.all(functions.map((func) => pool.submit(func, 1)))).toEqual([
      2, 3, 4, 5, 6, 7, 8, 9,
    ]);
    expect(String(await errorOf(pool.submit(object.generator, 1)))).toContain('not be cloned');
  });

  it('runs in strict mode, unless it could not', async () => {
    const whatIsThis = await pool.submit(() => {
      function inner(this: unknown) {
        return this === undefined;
      }
      return inner();
    });
    expect(whatIsThis).toBe(true);
    // A module is strict, and could not have it.
    // oxlint-disable-next-line typescript/no-implied-eval
    const octal = new Function('return 010') as () => number;
    expect(await pool.submit(octal)).toBe(8);
  });

  it('finds packages as the program does, by import() and by require()', async () => {
    // The tests' own transformation would change import().
    // oxlint-disable-next-line typescript/no-implied-eval
    const load = new Function(
      `return import('vitest/package.json', { with: { type: 'json' } })
        .then((module) => [module.default.name, require('vitest/package.json').name])`,
    ) as () => Promise<string[]>;
    expect(await pool.submit(load)).toEqual(['vitest', 'vitest']);
  });

  it('says which outer variable it reached for, and what to do', async () => {
    const outer = 5;
    const late = async (): Promise<number> => (await Promise.resolve(1)) + outer;
    for (const future of [pool.submit(() => outer + 1), pool.submit(late)]) {
      const error = await errorOf(future);
      expect(error).toBeInstanceOf(ReferenceError);
      expect(error).toMatchObject({ outerVariable: 'outer' });
      expect(error.message).toMatch(/^outer is not defined in the worker: .*moduleFunction\(/);
    }
  });

  it('says so of an initializer, and of what a compiler added', async () => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => {});
    const outer = 5;
    await using failing = new ThreadPoolExecutor({ initializer: () => void (outer + 1) });
    const { cause } = await errorOf(failing.submit(() => 1));
    expect((cause as Error).message).toMatch(
      /^outer is not defined in the worker: .*moduleFunction/,
    );
    log.mockRestore();
    const __helper = (x: number): number => x;
    const error = await errorOf(pool.submit(() => __helper(1)));
    expect(error.message).toMatch(/^__helper is not defined in the worker: the compiler added it/);
  });

  it('says nothing of the kind where a module reached for something', async () => {
    const name = 'reachesForNothing';
    const error = await errorOf(
      pool.submit(moduleFunction<typeof jobs.reachesForNothing>(JOBS, name)),
    );
    expect(error.message).toBe('nothing is not defined');
  });

  it('refuses what cannot be sent, before anything starts', async () => {
    const idle = new ThreadPoolExecutor();
    const named = (x: number): number => x;
    expect(() => idle.submit(5 as never)).toThrow('Expected func to be a function');
    expect(() => idle.submit(null as never)).toThrow('Expected func to be a function');
    expect(() => idle.submit(Math.max as never)).toThrow('is native or bound');
    expect(() => idle.submit(named.bind(null) as never)).toThrow(TypeError);
    expect(() => idle.submit(class Empty extends Error {} as never)).toThrow('is a class');
    expect(idle.threads).toBe(0);
  });

  it('EXEC-043 fails the future in an interpreter pool, which cannot share bound functions', async () => {
    await using interpreters = new InterpreterPoolExecutor({ maxWorkers: 1 });
    const named = (): number => 1;
    const bound = interpreters.submit(named.bind(null));
    expect(await errorOf(bound)).toBeInstanceOf(NotShareableError);
    expect(() => interpreters.submit(5 as never)).toThrow('Expected func to be a function');
    expect(interpreters.threads).toBe(0);
  });
});

describe('moduleFunction', () => {
  it('names a function of a TypeScript module', async () => {
    const add = moduleFunction<typeof typescriptJobs.add>(TYPESCRIPT_JOBS, 'add');
    expect(await pool.submit(add, 1, 2)).toBe(3);
  });

  it('takes file URLs and absolute paths, and refuses the rest', () => {
    const { url } = moduleFunction(JOBS, 'whoAmI');
    expect(moduleFunction(JOBS.href, 'whoAmI').url).toBe(url);
    expect(moduleFunction(JOBS.pathname, 'whoAmI').url).toBe(url);
    expect(() => moduleFunction(JOBS, '')).toThrow('Expected exportName');
    expect(() => moduleFunction(5 as never, 'x')).toThrow('Expected module to be a file URL');
    for (const module of ['./jobs.mjs', 'jobs', 'https://example.com/jobs.mjs', '']) {
      expect(() => moduleFunction(module, 'x')).toThrow(ValueError);
    }
    expect(() => moduleFunction(new URL('https://example.com/jobs.mjs'), 'x')).toThrow(ValueError);
  });
});
