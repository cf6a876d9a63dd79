import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { countIterations } from '../../test/count-iterations.ts';
import { ContextVar } from '../context/context-var.ts';
import { Context } from '../context/context.ts';
import { EventLoop, type ExceptionContext } from '../loop/event-loop.ts';
import { VirtualHost } from '../testing/virtual-host.ts';
import type { Future } from './future.ts';

let loop: EventLoop;
let trace: string[];

beforeEach(() => {
  loop = new EventLoop({ host: new VirtualHost() });
  trace = [];
});

afterEach(() => {
  loop.close();
});

const log = (text: string) => (): void => void trace.push(text);

/** Runs one iteration. */
function runOnce(): Promise<void> {
  loop.stop();
  return loop.runForever();
}

describe('addDoneCallback', () => {
  it.each<[string, (future: Future) => void]>([
    ['a result', (future) => future.setResult(1)],
    ['an error', (future) => future.setException(new Error('failed'))],
    ['a cancellation', (future) => void future.cancel()],
  ])('FUT-015 runs the callback in the iteration after %s, with the future', async (_, finish) => {
    const future = loop.createFuture();
    const now = countIterations(loop);
    future.addDoneCallback((...args) => trace.push(`${now()}: called`, `${args[0] === future}`));
    loop.callSoon(() => {
      finish(future);
      trace.push(`${now()}: finished`);
      loop.callSoon(log('behind'));
    });
    await runOnce();
    expect(trace).toEqual(['1: finished']);
    await runOnce();
    expect(trace).toEqual(['1: finished', '2: called', 'true', 'behind']);
    if (!future.cancelled()) future.exception();
  });

  it('FUT-016 queues it right away if the future is done already', async () => {
    const future = loop.createFuture<number>();
    future.setResult(1);
    loop.callSoon(log('before'));
    future.addDoneCallback(log('called'));
    loop.callSoon(log('behind'));
    expect(trace).toEqual([]);
    await runOnce();
    expect(trace).toEqual(['before', 'called', 'behind']);
  });

  it('FUT-017 keeps the order, and runs a function as often as it was added', async () => {
    const future = loop.createFuture<number>();
    const twice = log('twice');
    future.addDoneCallback(log('first'));
    future.addDoneCallback(twice);
    future.addDoneCallback(log('third'));
    future.addDoneCallback(twice);
    future.setResult(1);
    await runOnce();
    expect(trace).toEqual(['first', 'twice', 'third', 'twice']);
  });

  it('FUT-013 reaches the callbacks from another thread by callSoonThreadsafe', async () => {
    const { Worker } = await import('node:worker_threads');
    const real = new EventLoop();
    const result = await real.runUntilComplete(function* () {
      const future = real.createFuture();
      const worker = new Worker('require("worker_threads").parentPort.postMessage("from there")', {
        eval: true,
      });
      worker.once('message', (message: unknown) => {
        real.callSoonThreadsafe(() => future.setResult(message));
      });
      return yield* future;
    });
    real.close();
    expect(result).toBe('from there');
  });

  it('runs the callback in the given context, else in a copy of the present one', async () => {
    const variable = new ContextVar('variable', { default: 'outside' });
    const context = new Context();
    context.run(() => variable.set('inside'));
    const future = loop.createFuture<number>();
    const note = (): void => void trace.push(variable.get());
    future.addDoneCallback(note, { context });
    future.addDoneCallback(note);
    future.addDoneCallback(note, { context: null });
    future.setResult(1);
    await runOnce();
    expect(trace).toEqual(['inside', 'outside', 'outside']);
  });

  it('refuses what is no function, no option and no context', () => {
    const add = loop.createFuture().addDoneCallback.bind(loop.createFuture()) as (
      ...args: unknown[]
    ) => void;
    expect(() => add('text')).toThrow(
      'a callable object was expected by addDoneCallback(), got "text"',
    );
    expect(() => add(() => {}, { contxt: null })).toThrow(
      'addDoneCallback() has no option "contxt"; it takes context',
    );
    expect(() => add(() => {}, { context: 42 })).toThrow(
      'Expected context to be a Context, got 42',
    );
    expect(() => add(() => {}, 42)).toThrow('Expected the options of addDoneCallback()');
  });
});

describe('removeDoneCallback', () => {
  it('FUT-018 removes each registration of the function, and says how many', async () => {
    const future = loop.createFuture<number>();
    const [one, two, never] = [log('one'), log('two'), log('never')];
    for (const callback of [one, two, one, two]) future.addDoneCallback(callback);
    expect(future.removeDoneCallback(never)).toBe(0);
    expect(future.removeDoneCallback(one)).toBe(2);
    expect(future.removeDoneCallback(one)).toBe(0);
    future.setResult(1);
    await runOnce();
    expect(trace).toEqual(['two', 'two']);
  });

  it('FUT-018 removes the only one', async () => {
    const future = loop.createFuture<number>();
    const only = log('only');
    future.addDoneCallback(only);
    expect(future.removeDoneCallback(only)).toBe(1);
    future.addDoneCallback(log('later'));
    future.setResult(1);
    await runOnce();
    expect(trace).toEqual(['later']);
  });

  it('FUT-018 is too late once the future is done: the queued calls still run', async () => {
    const future = loop.createFuture<number>();
    const callback = log('called');
    future.addDoneCallback(callback);
    future.setResult(1);
    expect(future.removeDoneCallback(callback)).toBe(0);
    await runOnce();
    expect(trace).toEqual(['called']);
  });

  it('FUT-018 leaves the tasks that wait alone', async () => {
    const future = loop.createFuture<number>();
    const callback = log('called');
    const task = loop.createTask(function* () {
      trace.push(`got ${yield* future}`);
    });
    await runOnce();
    future.addDoneCallback(callback);
    expect(future.removeDoneCallback(callback)).toBe(1);
    future.setResult(1);
    await loop.runUntilComplete(task);
    expect(trace).toEqual(['got 1']);
  });
});

describe('a done callback', () => {
  it('FUT-019 may add and remove others', async () => {
    const future = loop.createFuture<number>();
    const second = log('second');
    future.addDoneCallback(() => {
      trace.push(`removed ${future.removeDoneCallback(second)}`);
      future.addDoneCallback(log('added'));
    });
    future.addDoneCallback(second);
    future.setResult(1);
    await runOnce();
    expect(trace).toEqual(['removed 0', 'second']);
    await runOnce();
    expect(trace).toEqual(['removed 0', 'second', 'added']);
  });

  it('FUT-020 that throws is reported, and the others run', async () => {
    const reports: ExceptionContext[] = [];
    loop.setExceptionHandler((_loop, context) => reports.push(context));
    const future = loop.createFuture<number>();
    const error = new Error('broken callback');
    future.addDoneCallback(log('first'));
    future.addDoneCallback(function broken() {
      throw error;
    });
    future.addDoneCallback(log('third'));
    future.setResult(1);
    await runOnce();
    expect(trace).toEqual(['first', 'third']);
    expect(future.result()).toBe(1);
    expect(reports).toMatchObject([
      { message: 'Exception in callback broken()', exception: error },
    ]);
  });
});
