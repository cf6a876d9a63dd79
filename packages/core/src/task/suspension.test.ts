import {
  type AbstractEventLoop,
  createTask,
  type Future,
  getRunningLoop,
  run,
  sleep,
  Suspension,
  type TaskBody,
} from '@loop/core';
import { describe, expect, it } from 'vitest';

/** Where one at a time waits for a value. */
class Slot {
  readonly trace: string[] = [];
  value: number | null = null;
  error: Error | null = null;
  waiting: Waiting | null = null;

  get(): Future<number> {
    this.waiting = new Waiting(getRunningLoop(), this);
    return this.waiting;
  }

  put(value: number): void {
    this.value = value;
    this.waiting?.wake();
  }
}

class Waiting extends Suspension<number> {
  readonly #slot: Slot;

  constructor(loop: AbstractEventLoop, slot: Slot) {
    super(loop);
    this.#slot = slot;
  }

  protected override resume(): void {
    const { value, error } = this.#slot;
    this.#slot.trace.push(`look ${value}`);
    if (error !== null) {
      this.fail(error);
      return;
    }
    if (value === null || value < 0) return;
    this.#slot.value = null;
    this.finish(value);
  }

  protected override abandoned(): void {
    this.#slot.trace.push('abandoned');
  }
}

const styles: ReadonlyArray<readonly [string, (slot: Slot) => TaskBody<number>]> = [
  ['an async function', (slot) => async () => (await slot.get()) * 2],
  [
    'a generator',
    (slot) =>
      function* () {
        return (yield* slot.get()) * 2;
      },
  ],
];

describe.each(styles)('a suspension in %s', (_, doubled) => {
  const within = (body: (slot: Slot) => Promise<void>): Promise<void> =>
    run(() => body(new Slot()));

  it('TASK-020 looks in the next iteration, and has its waiter go on in the same', async () => {
    await within(async (slot) => {
      const loop = getRunningLoop();
      const task = createTask(doubled(slot));
      task.addDoneCallback(() => slot.trace.push('done'));
      await sleep(0);
      slot.put(21);
      slot.put(21);
      expect(slot.trace).toEqual([]);
      loop.callSoon(() => slot.trace.push('behind'));
      expect(await task).toBe(42);
      expect(slot.trace).toEqual(['look 21', 'behind', 'done']);
    });
  });

  it('TASK-020 waits on when there is nothing yet', async () => {
    await within(async (slot) => {
      const task = createTask(doubled(slot));
      await sleep(0);
      slot.put(-1);
      await sleep(0);
      slot.put(4);
      expect(await task).toBe(8);
      expect(slot.trace).toEqual(['look -1', 'look 4']);
      slot.waiting?.wake();
      await sleep(0);
      expect(slot.trace).toHaveLength(2);
    });
  });

  it('TASK-035 is cancelled with its task, and takes nothing', async () => {
    await within(async (slot) => {
      const task = createTask(doubled(slot));
      await sleep(0);
      task.cancel('enough');
      await expect(task).rejects.toMatchObject({ name: 'CancelledError', message: 'enough' });
      expect(slot.trace).toEqual(['abandoned']);
      expect(slot.waiting?.cancelled()).toBe(true);
      slot.put(1);
      await sleep(0);
      expect(slot.value).toBe(1);
    });
  });

  it('TASK-037 is cancelled when it has been woken already', async () => {
    await within(async (slot) => {
      const task = createTask(doubled(slot));
      await sleep(0);
      slot.put(3);
      task.cancel();
      await expect(task).rejects.toMatchObject({ name: 'CancelledError' });
      expect([slot.trace, slot.value]).toEqual([['abandoned'], 3]);
    });
  });

  it('TASK-047 has a request withdrawn that came after its wake-up', async () => {
    await within(async (slot) => {
      const task = createTask(doubled(slot));
      await sleep(0);
      slot.put(3);
      task.cancel();
      task.uncancel();
      expect(await task).toBe(6);
    });
  });

  it('TASK-047 has none withdrawn that came before', async () => {
    await within(async (slot) => {
      const task = createTask(doubled(slot));
      await sleep(0);
      task.cancel();
      task.uncancel();
      slot.put(3);
      await expect(task).rejects.toMatchObject({ name: 'CancelledError' });
    });
  });

  it('TASK-020 fails', async () => {
    await within(async (slot) => {
      const task = createTask(doubled(slot));
      await sleep(0);
      slot.error = new Error('of the slot');
      slot.put(1);
      await expect(task).rejects.toBe(slot.error);
    });
  });
});

it('a suspension is a future that nobody else can finish', async () => {
  await run(async () => {
    const slot = new Slot();
    const future = slot.get();
    expect(Object.prototype.toString.call(future)).toBe('[object Future]');
    expect(() => future.setResult(1)).toThrow('Task does not support set_result operation');
    expect(() => future.setException(new Error('x'))).toThrow('does not support set_exception');
    slot.put(5);
    const values = await Promise.all([future, future]);
    expect(values).toEqual([5, 5]);
    expect(future.cancel()).toBe(false);
  });
});
