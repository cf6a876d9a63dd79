import { expectTypeOf, test } from 'vitest';
import type { Future } from '../future/future.ts';
import type { Task } from '../task/task.ts';
import { gather } from './gather.ts';
import { sleep } from './sleep.ts';

declare const task: Task<Date>;
declare const tasks: readonly Task<Date>[];
declare const flag: boolean;

test('gather gives a tuple of what its arguments give', () => {
  expectTypeOf(gather(task, sleep(1, 'text'), async () => 5)).toEqualTypeOf<
    Future<[Date, string, number]>
  >();
  expectTypeOf(
    gather(function* () {
      return yield* task;
    }, Promise.resolve(true)),
  ).toEqualTypeOf<Future<[Date, boolean]>>();
  expectTypeOf(gather()).toEqualTypeOf<Future<[]>>();
});

test('gather gives an array for an array', () => {
  expectTypeOf(gather(...tasks)).toEqualTypeOf<Future<Date[]>>();
});

test('gather gives errors too with returnExceptions', () => {
  expectTypeOf(gather(task, sleep(1), { returnExceptions: true })).toEqualTypeOf<
    Future<[Date | Error, void | Error]>
  >();
  expectTypeOf(gather(...tasks, { returnExceptions: true })).toEqualTypeOf<
    Future<(Date | Error)[]>
  >();
  expectTypeOf(gather(task, { returnExceptions: flag })).toEqualTypeOf<Future<[Date | Error]>>();
  expectTypeOf(gather(task, { returnExceptions: false })).toEqualTypeOf<Future<[Date]>>();
});

test('gather refuses what cannot be awaited', () => {
  // @ts-expect-error a number is no awaitable
  void gather(task, 5);
  // @ts-expect-error options are known by name
  void gather(task, { returnErrors: true });
});
