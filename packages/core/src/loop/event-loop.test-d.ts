import { describe, expectTypeOf, it } from 'vitest';
import {
  Context,
  EventLoop,
  getEventLoop,
  getRunningLoop,
  newEventLoop,
  run,
  setEventLoop,
  type AbstractEventLoop,
  type Coroutine,
  type ExceptionContext,
  type Future,
  type Handle,
  type Host,
  type Task,
  type TimerHandle,
} from '../index.ts';

declare const loop: EventLoop;
declare const host: Host;
declare function greet(name: string, times?: number): void;

describe('callback methods', () => {
  it('infer the arguments from the callback', () => {
    expectTypeOf(loop.callSoon(greet, 'name')).toEqualTypeOf<Handle>();
    expectTypeOf(loop.callSoonThreadsafe(greet, 'name', 2)).toEqualTypeOf<Handle>();
    expectTypeOf(loop.callLater(1, greet, 'name', 2)).toEqualTypeOf<TimerHandle>();
    expectTypeOf(loop.callAt(1, greet, 'name')).toEqualTypeOf<TimerHandle>();
    loop.callSoon((a: number, b: string) => [a, b], 1, 'two');
    loop.callSoon((...all: readonly number[]) => all, 1, 2, 3);
    loop.callSoon(() => {});
    loop.callSoon(loop.stop.bind(loop));
  });

  it('refuse other arguments', () => {
    // @ts-expect-error -- a number in place of a text
    loop.callSoon(greet, 5);
    // @ts-expect-error -- no argument where one is needed
    loop.callSoon(greet);
    // @ts-expect-error -- one argument too many
    loop.callLater(1, greet, 'name', 2, 3);
    // @ts-expect-error -- no callback
    loop.callSoon('blah');
    // @ts-expect-error -- no delay
    loop.callLater(greet, 'name');
    // @ts-expect-error -- a text is no time
    loop.callAt('1', greet, 'name');
    // @ts-expect-error -- None is no time
    loop.callLater(null, greet, 'name');
  });

  it('take options first', () => {
    const context = new Context();
    expectTypeOf(loop.callSoon({ context }, greet, 'name')).toEqualTypeOf<Handle>();
    expectTypeOf(loop.callSoonThreadsafe({}, greet, 'name')).toEqualTypeOf<Handle>();
    expectTypeOf(loop.callLater({ context }, 1, greet, 'name')).toEqualTypeOf<TimerHandle>();
    expectTypeOf(loop.callAt({ context: null }, 1, greet, 'name')).toEqualTypeOf<TimerHandle>();
    // @ts-expect-error -- an option that there is not
    loop.callSoon({ contxt: context }, greet, 'name');
    // @ts-expect-error -- a context that is none
    loop.callSoon({ context: 5 }, greet, 'name');
    // @ts-expect-error -- a number in place of a text, behind options
    loop.callLater({ context }, 1, greet, 5);
  });
});

describe('runs', () => {
  it('give the result of what they run', () => {
    expectTypeOf(loop.runUntilComplete(async () => 5)).toEqualTypeOf<Promise<number>>();
    expectTypeOf(
      loop.runUntilComplete(function* () {
        yield;
        return 'text';
      }),
    ).toEqualTypeOf<Promise<string>>();
    expectTypeOf(loop.runUntilComplete({} as Coroutine<boolean>)).toEqualTypeOf<Promise<boolean>>();
    expectTypeOf(loop.runUntilComplete({} as Future<Date>)).toEqualTypeOf<Promise<Date>>();
    expectTypeOf(loop.runUntilComplete(Promise.resolve(5))).toEqualTypeOf<Promise<number>>();
    expectTypeOf(loop.runForever()).toEqualTypeOf<Promise<void>>();
    // @ts-expect-error -- cannot be awaited
    void loop.runUntilComplete('blah');
  });

  it('may be of a loop with options, and closed by a block', () => {
    using scoped = new EventLoop({ host, debug: true });
    expectTypeOf(scoped).toExtend<AbstractEventLoop & Disposable>();
    // @ts-expect-error -- an option that there is not
    new EventLoop({ selector: 1 });
  });
});

describe('futures and tasks', () => {
  it('have the type of their result', () => {
    expectTypeOf(loop.createFuture()).toEqualTypeOf<Future>();
    expectTypeOf(loop.createFuture<number>()).toEqualTypeOf<Future<number>>();
    expectTypeOf(loop.createTask(async () => 5)).toEqualTypeOf<Task<number>>();
    loop.createTask(async () => 5, { name: 'n', context: null, eagerStart: true, own: 1 }).cancel();
    // @ts-expect-error -- a promise has started already
    void loop.createTask(Promise.resolve(5));
  });
});

describe('the loop of the calling code', () => {
  it('is an EventLoop', () => {
    expectTypeOf(getRunningLoop()).toEqualTypeOf<EventLoop>();
    expectTypeOf(getEventLoop()).toEqualTypeOf<EventLoop>();
    expectTypeOf(newEventLoop()).toEqualTypeOf<EventLoop>();
    setEventLoop(null);
    setEventLoop(loop);
    // @ts-expect-error -- no loop
    setEventLoop({});
  });
});

describe('the exception handler', () => {
  it('gets the loop and a mapping of known and further keys', () => {
    loop.setExceptionHandler((theLoop, context) => {
      expectTypeOf(theLoop).toEqualTypeOf<EventLoop>();
      expectTypeOf(context).toEqualTypeOf<ExceptionContext>();
      expectTypeOf(context.message).toEqualTypeOf<string | undefined>();
      expectTypeOf(context['anything']).toEqualTypeOf<unknown>();
    });
    loop.setExceptionHandler(null);
    // @ts-expect-error -- no handler
    loop.setExceptionHandler('handler');
  });
});

describe('what other packages bring', () => {
  it('does not compile without them', () => {
    // @ts-expect-error -- is in @loop/net
    void loop.createServer;
    // @ts-expect-error -- is in @loop/net
    loop.addReader(0, () => {});
    // @ts-expect-error -- is in @loop/subprocess
    void loop.subprocessExec;
    // @ts-expect-error -- is in @loop/signals
    loop.addSignalHandler('SIGINT', () => {});
    // @ts-expect-error -- is in @loop/executor
    void loop.runInExecutor(null, () => 1);
    void run(async () => {
      // @ts-expect-error -- is in @loop/net
      await getRunningLoop().createConnection(Object, 'host', 80);
    });
  });
});
