import { AsyncLocalStorage } from 'node:async_hooks';
import { getRunningLoop, run } from '@loop/core';
import { ProcessPoolExecutor, ThreadPoolExecutor, toThread } from '@loop/executor';
import { expect, it } from 'vitest';

const storage = new AsyncLocalStorage<string>();
const nothing = (): void => {};

it.each([
  ['thread', ThreadPoolExecutor],
  ['process', ProcessPoolExecutor],
] as const)(
  "another library's AsyncLocalStorage is what it was, behind a job in a %s",
  async (_, Pool) => {
    await using pool = new Pool({ maxWorkers: 1 });
    const seen: string[] = [];
    await run(async () => {
      const loop = getRunningLoop();
      const awaits = async (name: string): Promise<void> => {
        await loop.runInExecutor(pool, nothing);
        seen.push(`${name}: ${storage.getStore()}`);
        const future = loop.runInExecutor(pool, nothing);
        future.addDoneCallback(() => seen.push(`${name} done: ${storage.getStore()}`));
        await future;
      };
      // The second starts the work of neither: both are answered in one turn.
      await Promise.all(['one', 'two'].map((name) => storage.run(name, () => awaits(name))));
      expect(storage.getStore()).toBe(undefined);
    });
    expect(seen.sort()).toEqual(['one done: one', 'one: one', 'two done: two', 'two: two']);
  },
);

it("another library's AsyncLocalStorage is what it was, behind toThread()", async () => {
  await run(async () => {
    await storage.run('mine', async () => {
      await toThread(nothing);
      expect(storage.getStore()).toBe('mine');
    });
  });
});
