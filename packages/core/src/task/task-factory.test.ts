import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Context } from '../context/context.ts';
import { ensureFuture } from '../future/ensure-future.ts';
import { EventLoop } from '../loop/event-loop.ts';
import { run } from '../run/run.ts';
import { VirtualHost } from '../testing/virtual-host.ts';
import { createTask } from './create-task.ts';
import type { TaskFactory } from './eager-task.ts';
import { Task } from './task.ts';

class OwnTask<T> extends Task<T> {}

let loop: EventLoop;
let seen: Array<Record<string, unknown>>;

beforeEach(() => {
  loop = new EventLoop({ host: new VirtualHost() });
  seen = [];
});

afterEach(() => {
  loop.close();
});

const factory: TaskFactory = (on, body, options) => {
  seen.push(options);
  const { name, context, eagerStart } = options;
  return new OwnTask(body, { name, context, eagerStart, loop: on });
};

async function body(): Promise<number> {
  return 1;
}

describe('setTaskFactory', () => {
  it('TASK-008 decides what createTask gives; null restores the default', () => {
    expect(loop.getTaskFactory()).toBeNull();
    loop.setTaskFactory(factory);
    expect(loop.getTaskFactory()).toBe(factory);
    expect(loop.createTask(body)).toBeInstanceOf(OwnTask);
    loop.setTaskFactory(null);
    expect(loop.getTaskFactory()).toBeNull();
    expect(loop.createTask(body)).not.toBeInstanceOf(OwnTask);
  });

  it.each([42, 'text', {}, undefined])('TASK-008 refuses %s, and changes nothing', (value) => {
    loop.setTaskFactory(factory);
    expect(() => loop.setTaskFactory(value as never)).toThrow(TypeError);
    expect(() => loop.setTaskFactory(value as never)).toThrow(
      /^task factory must be a callable or None, got /,
    );
    expect(loop.getTaskFactory()).toBe(factory);
  });

  it('TASK-009 hands every option on as it was given, those unknown to the loop too', () => {
    loop.setTaskFactory(factory);
    const context = new Context();
    const given = { name: 'mine', context, eagerStart: false, priority: 5 };
    void loop.createTask(body, given);
    void loop.createTask(body, { name: null, context: null });
    void loop.createTask(body);
    expect(seen).toEqual([given, { name: null, context: null }, {}]);
    expect(seen[0]?.['context']).toBe(context);
  });

  it('TASK-009 without one they go to Task, which refuses those that it does not know', () => {
    expect(() => loop.createTask(body, { priority: 5 })).toThrow('Task() has no option "priority"');
    expect(loop.createTask(body, { name: 'mine' }).getName()).toBe('mine');
  });

  it('TASK-010 serves the other ways to make a task', async () => {
    loop.setTaskFactory(factory);
    const made: Task[] = [];
    await loop.runUntilComplete(async () => {
      made.push(createTask(body), ensureFuture(body) as Task);
    });
    expect(made.every((task) => task instanceof OwnTask)).toBe(true);
    expect(seen).toHaveLength(3);
  });

  it('TASK-010 serves run()', async () => {
    const result = await run(body, {
      loopFactory: () => {
        const own = new EventLoop();
        own.setTaskFactory(factory);
        return own;
      },
    });
    expect(result).toBe(1);
    // The other two are those of the shutdown.
    expect(seen.length).toBeGreaterThanOrEqual(1);
  });

  it('TASK-010 lets what it throws out of the call that wanted a task', async () => {
    const error = new Error('no tasks today');
    loop.setTaskFactory(() => {
      throw error;
    });
    expect(() => loop.createTask(body)).toThrow(error);
    expect(() => ensureFuture(body, { loop })).toThrow(error);
    await expect(loop.runUntilComplete(body)).rejects.toBe(error);
    loop.setTaskFactory(null);
    expect(await loop.runUntilComplete(body)).toBe(1);
  });
});
