import { describe, expectTypeOf, it } from 'vitest';
import {
  completed,
  createTask,
  ensureFuture,
  Future,
  operation,
  run,
  runBody,
  Task,
  wrapFuture,
  type Awaitable,
  type Coroutine,
  type EventLoop,
  type TaskBody,
} from '../index.ts';

declare const loop: EventLoop;
declare const future: Future<number>;
declare const task: Task<string>;

describe('a future', () => {
  it('is a promise of its result', () => {
    expectTypeOf(future).toExtend<Promise<number>>();
    expectTypeOf(task).toExtend<Promise<string>>();
    expectTypeOf(task).toExtend<Future<string>>();
    expectTypeOf<Awaited<typeof future>>().toEqualTypeOf<number>();
    expectTypeOf(Promise.all([future, task])).resolves.toEqualTypeOf<[number, string]>();
    expectTypeOf(Promise.race([future, task])).resolves.toEqualTypeOf<number | string>();
    expectTypeOf(future.then((value) => `${value}`)).toEqualTypeOf<Promise<string>>();
    expectTypeOf(future.result()).toEqualTypeOf<number>();
  });

  it('gives its result to await and to yield*', () => {
    async function asynchronous(): Promise<void> {
      expectTypeOf(await future).toEqualTypeOf<number>();
    }
    function* generator(): Coroutine<void> {
      expectTypeOf(yield* future).toEqualTypeOf<number>();
      expectTypeOf(yield* task).toEqualTypeOf<string>();
      expectTypeOf(yield* runBody(async () => true)).toEqualTypeOf<boolean>();
    }
    expectTypeOf(asynchronous).toExtend<TaskBody<void>>();
    expectTypeOf(generator).toExtend<TaskBody<void>>();
  });

  it('is made with the type of its result', () => {
    expectTypeOf(loop.createFuture()).toEqualTypeOf<Future>();
    expectTypeOf(loop.createFuture<Date>()).toEqualTypeOf<Future<Date>>();
    expectTypeOf(completed(1)).toEqualTypeOf<Future<number>>();
    expectTypeOf(wrapFuture(Promise.resolve('text'))).toEqualTypeOf<Future<string>>();
    expectTypeOf(ensureFuture(Promise.resolve(1))).toEqualTypeOf<Future<number>>();
    expectTypeOf(ensureFuture(async () => 'text')).toEqualTypeOf<Future<string>>();
    expectTypeOf(ensureFuture(future)).toEqualTypeOf<Future<number>>();
    expectTypeOf(
      operation(function* () {
        return 1;
      }),
    ).toEqualTypeOf<Future<number>>();
    expectTypeOf(
      operation(function* () {
        return yield* future;
      }),
    ).toEqualTypeOf<Future<number>>();
    // @ts-expect-error -- the loop is named, not positional
    void new Future(loop);
    // @ts-expect-error -- what it may be set to is its type's
    future.setResult('text');
    // @ts-expect-error -- an error, not a text
    future.setException('text');
    future.setException(RangeError);
  });

  it('gives itself to its done callbacks', () => {
    future.addDoneCallback((done) => {
      expectTypeOf(done).toEqualTypeOf<Future<number>>();
    });
  });
});

describe('a task', () => {
  it('has the type of what its body returns, in every style', () => {
    expectTypeOf(createTask(async () => 1)).toEqualTypeOf<Task<number>>();
    expectTypeOf(
      createTask(function* () {
        return 'text';
      }),
    ).toEqualTypeOf<Task<string>>();
    expectTypeOf(
      createTask(
        (function* (): Coroutine<string> {
          return 'text';
        })(),
      ),
    ).toEqualTypeOf<Task<string>>();
    expectTypeOf(createTask(() => future)).toEqualTypeOf<Task<number>>();
    expectTypeOf(loop.createTask(async () => 1, { name: 'mine' })).toEqualTypeOf<Task<number>>();
    expectTypeOf(new Task(async () => 1, { loop })).toEqualTypeOf<Task<number>>();
    expectTypeOf(task.signal).toEqualTypeOf<AbortSignal>();
  });

  it('cannot be made of a promise, which has started already', () => {
    async function main(): Promise<void> {}
    void createTask(main);
    // @ts-expect-error -- main, not main()
    void createTask(main());
    // @ts-expect-error -- main, not main()
    void loop.createTask(main());
    // @ts-expect-error -- a future is none either
    void createTask(future);
    // @ts-expect-error -- nor a plain function
    void createTask(() => 42);
    // @ts-expect-error -- nor one that takes arguments
    void createTask(async (needed: number) => needed);
  });
});

describe('run', () => {
  it('takes what can be awaited, and gives its result', () => {
    expectTypeOf(run(async () => 1)).toEqualTypeOf<Promise<number>>();
    expectTypeOf(run(Promise.resolve('text'))).toEqualTypeOf<Promise<string>>();
    expectTypeOf(
      run(function* () {
        return yield* future;
      }),
    ).toEqualTypeOf<Promise<number>>();
    expectTypeOf(loop.runUntilComplete(future)).toEqualTypeOf<Promise<number>>();
    expectTypeOf(loop.runUntilComplete(async () => 1)).toEqualTypeOf<Promise<number>>();
    expectTypeOf<Promise<number>>().toExtend<Awaitable<number>>();
    // @ts-expect-error -- nothing to await
    void run(42);
  });
});
