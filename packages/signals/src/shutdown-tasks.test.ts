import {
  type CancelledError,
  currentTask,
  getRunningLoop,
  type Task,
  TimeoutError,
} from '@loop/core';
import { runVirtual } from '@loop/core/testing';
import { expect, it } from 'vitest';
import { shutdownTasks } from '@loop/signals';

function* sleep(delay: number) {
  const loop = getRunningLoop();
  const over = loop.createFuture<void>();
  const timer = loop.callLater(delay, () => over.setResult());
  try {
    yield* over;
  } finally {
    timer.cancel();
  }
}

it('cancels the other tasks, with the message, and waits for their clean-up', async () => {
  const trace: unknown[] = [];
  await runVirtual(function* () {
    const loop = getRunningLoop();
    void loop.createTask(function* () {
      try {
        yield* sleep(3600);
      } catch (error) {
        trace.push((error as CancelledError).args);
        yield* sleep(2);
        trace.push('cleaned up');
      }
    });
    yield;
    yield* shutdownTasks({ deadline: 5, message: 'bye' });
    trace.push(loop.time());
  });
  expect(trace).toEqual([['bye'], 'cleaned up', 2]);
});

it('names the tasks that do not end before the deadline', async () => {
  await runVirtual(function* () {
    const loop = getRunningLoop();
    const stubborn = loop.createTask(
      function* () {
        try {
          yield* sleep(3600);
        } finally {
          yield* sleep(60);
        }
      },
      { name: 'stubborn' },
    );
    void loop.createTask(() => loop.createFuture<void>(), { name: 'obedient' });
    yield;
    const error = yield* caught(shutdownTasks({ deadline: 5 }));
    expect(error).toBeInstanceOf(TimeoutError);
    expect((error as Error).message).toBe('1 of 2 tasks did not end within 5 seconds: stubborn');
    expect(loop.time()).toBe(5);
    yield* caught(stubborn);
  });
});

it('spares the caller and the tasks that it is told to', async () => {
  await runVirtual(function* () {
    const spared: Task = getRunningLoop().createTask(() => sleep(1));
    yield* shutdownTasks({ deadline: 5, except: [spared] });
    expect(spared.done()).toBe(false);
    expect(currentTask()?.cancelling()).toBe(0);
    yield* spared;
  });
});

it.each([
  [{ deadline: 'soon' }, 'Expected deadline to be 0 or more seconds, got "soon"'],
  [{ deadline: -1 }, 'Expected deadline to be 0 or more seconds, got -1'],
  [{ deadline: 1, except: 5 }, 'Expected except to hold tasks, got 5'],
  [{ timeout: 5 }, 'shutdownTasks() has no option "timeout"'],
  [undefined, 'Expected the options of shutdownTasks() to be an object, got undefined'],
])('refuses the options %j', async (options, message) => {
  await runVirtual(function* () {
    const error = yield* caught(shutdownTasks(options as never));
    expect(error).toBeInstanceOf(TypeError);
    expect(String(error)).toContain(message);
  });
});

function* caught(future: Iterable<unknown>) {
  try {
    yield* future;
    return null;
  } catch (error) {
    return error;
  }
}
