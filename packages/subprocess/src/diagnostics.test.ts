import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { expect, it, onTestFinished } from 'vitest';
import { run } from '@loop/core';
import { createSubprocessExec } from './index.ts';
import type { ProcessExitMessage, ProcessMessage } from './diagnostics.ts';

it('the channels of processes tell of each start and exit', async () => {
  const heard: unknown[] = [];
  const started = (message: unknown): void => {
    heard.push(['start', (message as ProcessMessage).transport.getPid()]);
  };
  const ended = (message: unknown): void => {
    const { transport, returncode } = message as ProcessExitMessage;
    heard.push(['exit', transport.getPid(), returncode]);
  };
  subscribe('loop:process:start', started);
  subscribe('loop:process:exit', ended);
  onTestFinished(() => {
    unsubscribe('loop:process:start', started);
    unsubscribe('loop:process:exit', ended);
  });
  const pid = await run(async () => {
    const child = await createSubprocessExec('sh', ['-c', 'exit 3']);
    await child.wait();
    return child.pid;
  });
  expect(heard).toEqual([
    ['start', pid],
    ['exit', pid, 3],
  ]);
});
