import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runOnce } from '../../test/run-once.ts';
import { styles, turn, wait, type Script } from '../../test/coroutine-styles.ts';
import { gather } from '../combine/gather.ts';
import { sleep } from '../combine/sleep.ts';
import { RuntimeError } from '../error/errors.ts';
import { EventLoop } from '../loop/event-loop.ts';
import { VirtualHost } from '../testing/virtual-host.ts';
import { Context, copyContext } from './context.ts';
import { ContextVar } from './context-var.ts';

let loop: EventLoop;
let trace: string[];
let variable: ContextVar<string>;

beforeEach(() => {
  loop = new EventLoop({ host: new VirtualHost() });
  trace = [];
  variable = new ContextVar('variable', { default: 'default' });
});

afterEach(() => {
  loop.close();
});

/** A context where the variable is set. */
function contextWith(value: string): Context {
  const context = new Context();
  context.run(() => variable.set(value));
  return context;
}

const note = (): void => void trace.push(variable.get());

type Schedule = (options: { context?: Context }, callback: () => void) => { getContext(): Context };

const schedulers: ReadonlyArray<readonly [string, Schedule]> = [
  ['callSoon', (options, callback) => loop.callSoon(options, callback)],
  ['callSoonThreadsafe', (options, callback) => loop.callSoonThreadsafe(options, callback)],
  ['callLater', (options, callback) => loop.callLater(options, 0, callback)],
  ['callAt', (options, callback) => loop.callAt(options, 0, callback)],
];

describe.each(schedulers)('%s', (_, schedule) => {
  it('CTX-012 runs in a copy of the context it was called in', async () => {
    const context = contextWith('when scheduled');
    context.run(() => {
      schedule({}, () => {
        note();
        variable.set('by the callback');
      });
      variable.set('by the scheduler, later');
    });
    await runOnce(loop);
    expect(trace).toEqual(['when scheduled']);
    expect(context.lookup(variable)).toBe('by the scheduler, later');
  });

  it('CTX-013 runs in the very context that it is given', async () => {
    const context = contextWith('given');
    expect(schedule({ context }, note).getContext()).toBe(context);
    schedule({ context }, () => variable.set('set by a callback'));
    schedule({ context }, note);
    await runOnce(loop);
    await runOnce(loop);
    expect(trace.toSorted()).toContain('given');
    expect(context.lookup(variable)).toBe('set by a callback');
  });

  it('CTX-009 counts as entering the context', async () => {
    const context = contextWith('given');
    let error: unknown;
    schedule({ context }, () => {
      try {
        copyContext().run(() => context.run(note));
      } catch (thrown) {
        error = thrown;
      }
    });
    await runOnce(loop);
    expect(error).toEqual(
      new RuntimeError('cannot enter context: <Context size=1> is already entered'),
    );
    expect(trace).toEqual([]);
  });
});

describe('callbacks', () => {
  it('CTX-013 what one sets is seen by the next that is given the same context', async () => {
    const context = contextWith('first');
    loop.callSoon({ context }, () => variable.set('second'));
    loop.callSoon({ context }, note);
    loop.callSoon(note);
    await runOnce(loop);
    expect(trace).toEqual(['second', 'default']);
  });

  it('CTX-012 a chain of callbacks hands its context on', async () => {
    const steps: string[] = [];
    const step = (left: number): void => {
      steps.push(variable.get());
      variable.set(`step ${left}`);
      if (left > 0) loop.callSoon(step, left - 1);
    };
    loop.callSoon(step, 2);
    loop.callLater(1, () => loop.stop());
    await loop.runForever();
    expect(steps).toEqual(['default', 'step 2', 'step 1']);
    note();
    expect(trace).toEqual(['default']);
  });

  it('CTX-014 addDoneCallback() copies the context at registration, also on a finished future', async () => {
    const future = loop.createFuture<void>();
    const context = contextWith('when registered');
    context.run(() => {
      future.addDoneCallback(note);
      variable.set('later');
    });
    contextWith('when it is finished').run(() => future.setResult());
    contextWith('when it was finished').run(() => future.addDoneCallback(note));
    await runOnce(loop);
    expect(trace).toEqual(['when registered', 'when it was finished']);
  });
});

describe.each(styles)('tasks ($style)', ({ body }) => {
  it('CTX-015 run in a copy of the context of their creation', async () => {
    const context = contextWith('creator');
    const task = context.run(() => {
      const created = loop.createTask(
        body(function* (): Script<void> {
          note();
          variable.set('task');
          yield* turn();
          note();
        }),
      );
      variable.set('creator, later');
      return created;
    });
    await loop.runUntilComplete(task);
    expect(trace).toEqual(['creator', 'task']);
    expect(context.lookup(variable)).toBe('creator, later');
    expect(task.getContext().lookup(variable)).toBe('task');
  });

  it('CTX-015 run in the very context that they are given, which several may share', async () => {
    const context = contextWith('given');
    const writer = loop.createTask(
      body(function* (): Script<void> {
        yield* turn();
        variable.set('writer');
        yield* turn();
      }),
      { context },
    );
    const reader = loop.createTask(
      body(function* (): Script<void> {
        note();
        yield* turn();
        yield* turn();
        note();
      }),
      { context },
    );
    await loop.runUntilComplete(reader);
    await loop.runUntilComplete(writer);
    expect(trace).toEqual(['given', 'writer']);
    expect(writer.getContext() === context && reader.getContext() === context).toBe(true);
  });

  it('CTX-016 keep what they set across every wait, unseen by others', async () => {
    const other = new ContextVar<number>('other', { default: 0 });
    const future = loop.createFuture<void>();
    const main = loop.createTask(
      body(function* (): Script<void> {
        variable.set('task');
        yield* turn();
        note();
        yield* wait(sleep(1));
        note();
        yield* wait(future);
        note();
        trace.push(`${other.get()}`);
      }),
    );
    loop.callLater(2, () => {
      note();
      other.set(5);
      future.setResult();
    });
    await loop.runUntilComplete(main);
    note();
    expect(trace).toEqual(['task', 'task', 'default', 'task', '0', 'default']);
  });

  it('CTX-017 see nothing of what a done callback sets', async () => {
    const future = loop.createFuture<void>();
    const main = body(function* (): Script<void> {
      variable.set('task');
      future.addDoneCallback(() => {
        note();
        variable.set('done callback');
      });
      loop.callSoon(() => future.setResult());
      yield* wait(future);
      note();
    });
    await loop.runUntilComplete(main);
    expect(trace).toEqual(['task', 'task']);
  });

  it('CTX-018 a hundred of them never see the values of each other', async () => {
    const seen: boolean[] = [];
    const worker = (number: number) =>
      body(function* (): Script<void> {
        for (let round = 0; round < 5; round += 1) {
          variable.set(`${number}.${round}`);
          yield* wait(sleep(((number * 7 + round) % 10) / 10));
          seen.push(variable.get() === `${number}.${round}`);
        }
      });
    await loop.runUntilComplete(
      body(function* (): Script<void> {
        yield* wait(gather(...Array.from({ length: 100 }, (_, i) => worker(i))));
      }),
    );
    expect(seen).toHaveLength(500);
    expect(seen.every(Boolean)).toBe(true);
    note();
    expect(trace).toEqual(['default']);
  });

  it('CTX-020 have their errors reported in their own context', async () => {
    loop.setExceptionHandler(
      (_, context) => void trace.push(`${context.message}: ${variable.get()}`),
    );
    const task = loop.createTask(
      body(function* (): Script<void> {
        variable.set('task');
        loop.callSoon({ context: contextWith('handle') }, () => {
          loop.callExceptionHandler({ message: 'from a callback', task });
        });
        yield* turn();
        yield* turn();
        throw new Error('failed');
      }),
    );
    loop.callSoon({ context: contextWith('handle') }, () => {
      throw new Error('failed');
    });
    loop.callLater(1, () => loop.stop());
    await loop.runForever();
    loop.close();
    expect(trace.map((line) => line.replace(/\(.*\)/, ''))).toEqual([
      'Exception in callback anonymous: handle',
      'from a callback: task',
      'Task exception was never retrieved: task',
    ]);
  });
});

describe('an async function', () => {
  it('CTX-016 keeps its context after a foreign promise, and in what that resumes', async () => {
    await loop.runUntilComplete(async () => {
      variable.set('task');
      await Promise.resolve();
      note();
      await new Promise((resolve) => void setImmediate(resolve));
      note();
      variable.set('after a foreign promise');
      await loop.createTask(async () => note());
      await sleep(1);
      note();
    });
    expect(trace).toEqual(['task', 'task', 'after a foreign promise', 'after a foreign promise']);
  });

  it('CTX-016 calls other async functions in the context of its task', async () => {
    const inner = async (): Promise<void> => {
      await sleep(1);
      note();
      variable.set('set by the inner one');
    };
    await loop.runUntilComplete(async () => {
      variable.set('task');
      await inner();
      note();
    });
    expect(trace).toEqual(['task', 'set by the inner one']);
  });
});
