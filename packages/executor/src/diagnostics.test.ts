import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { expect, it, onTestFinished } from 'vitest';
import type { JobMessage } from './diagnostics.ts';
import { ThreadPoolExecutor } from './index.ts';

it('the channels of jobs tell of each that is submitted, and of its end', async () => {
  const heard: unknown[] = [];
  const note =
    (event: string) =>
    (message: unknown): void => {
      const { name, future } = message as JobMessage;
      heard.push([event, name, future.done()]);
    };
  const [submitted, ended] = [note('submit'), note('end')];
  subscribe('loop:job:submit', submitted);
  subscribe('loop:job:end', ended);
  onTestFinished(() => {
    unsubscribe('loop:job:submit', submitted);
    unsubscribe('loop:job:end', ended);
  });
  const pool = new ThreadPoolExecutor({ maxWorkers: 1 });
  const square = (x: number): number => x * x;
  expect(await pool.submit(square, 7)).toBe(49);
  await pool.shutdown();
  expect(heard).toEqual([
    ['submit', 'square', false],
    ['end', 'square', true],
  ]);
});
