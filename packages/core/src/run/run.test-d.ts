import { describe, expectTypeOf, it } from 'vitest';
import { Context, EventLoop, run, Runner, type Future } from '../index.ts';
import { runVirtual, VirtualHost } from '../testing/index.ts';

describe('run', () => {
  it('gives the result of main', () => {
    expectTypeOf(run(async () => 5)).toEqualTypeOf<Promise<number>>();
    expectTypeOf(
      run(function* () {
        yield;
        return 'text';
      }),
    ).toEqualTypeOf<Promise<string>>();
    expectTypeOf(run({} as Future<Date>)).toEqualTypeOf<Promise<Date>>();
    expectTypeOf(run(Promise.resolve(true))).toEqualTypeOf<Promise<boolean>>();
    expectTypeOf(runVirtual(async () => 5, { seed: 1 })).toEqualTypeOf<Promise<number>>();
    // @ts-expect-error -- cannot be awaited
    void run(5);
    // @ts-expect-error -- no coroutine
    void run(() => 5);
  });

  it('takes options', () => {
    void run(async () => {}, { debug: true, loopFactory: () => new EventLoop() });
    void run(async () => {}, { debug: null, loopFactory: null });
    // @ts-expect-error -- an option that there is not
    void run(async () => {}, { loop: 1 });
    // @ts-expect-error -- makes no loop
    void run(async () => {}, { loopFactory: () => 5 });
    // @ts-expect-error -- an option that there is not
    new VirtualHost({ now: 5 });
  });
});

describe('Runner', () => {
  it('runs several mains, each with its result', () => {
    const runner = new Runner({ debug: false });
    expectTypeOf(runner.run(async () => 5)).toEqualTypeOf<Promise<number>>();
    expectTypeOf(runner.run(async () => 'text', { context: new Context() })).toEqualTypeOf<
      Promise<string>
    >();
    expectTypeOf(runner.getLoop()).toEqualTypeOf<EventLoop>();
    expectTypeOf(runner.close()).toEqualTypeOf<Promise<void>>();
    expectTypeOf(runner).toExtend<AsyncDisposable>();
  });
});
