import { EventLoop, run, RuntimeError } from '@loop/core';
import { expect, it, vi } from 'vitest';
import '@loop/signals';

// Signals are delivered to the main thread alone; this file plays a worker.
vi.mock('node:worker_threads', async (original) => ({
  ...(await original<object>()),
  isMainThread: false,
}));

it('SIG-008 works on the main thread only', () => {
  using loop = new EventLoop();
  expect(() => loop.addSignalHandler('SIGUSR2', () => {})).toThrow(RuntimeError);
  expect(process.listenerCount('SIGUSR2')).toBe(0);
});

it('SIG-020 lets run() work without Ctrl-C elsewhere', async () => {
  const listeners = await run(async () => process.listenerCount('SIGINT'));
  expect(listeners).toBe(0);
});
