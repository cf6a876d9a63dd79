import { channel, subscribe, unsubscribe } from 'node:diagnostics_channel';
import { describe, expect, it, onTestFinished } from 'vitest';
import { canDrain } from '../../test/can-drain.ts';
import { uncaughtErrors } from '../../test/uncaught-errors.ts';
import { sleep } from '../combine/sleep.ts';
import { getRunningLoop } from '../loop/running-loop.ts';
import { createTask } from '../task/create-task.ts';
import { runVirtual } from '../testing/run-virtual.ts';
import { diagnosticsChannel } from './channel.ts';
import type { CallbackMessage, TaskMessage } from './core-channels.ts';

function listen<M>(name: string, listener: (message: M) => void): void {
  const heard = (message: unknown): void => listener(message as M);
  subscribe(name, heard);
  onTestFinished(() => void unsubscribe(name, heard));
}

describe('the channels of core', () => {
  it('tell of tasks, however they end', async () => {
    const heard: string[] = [];
    listen<TaskMessage>('loop:task:create', ({ task }) => heard.push(`+${task.getName()}`));
    listen<TaskMessage>('loop:task:end', ({ task }) => {
      heard.push(`-${task.getName()} ${task.done()} ${task.cancelled()}`);
    });
    await runVirtual(async () => {
      const done = createTask(() => sleep(1), { name: 'done' });
      const failed = createTask(() => Promise.reject(new Error('on purpose')), { name: 'failed' });
      const cancelled = createTask(() => sleep(3), { name: 'cancelled' });
      await sleep(2);
      cancelled.cancel();
      for (const each of [done, failed, cancelled]) await each.catch(() => undefined);
    });
    expect(heard.filter((line) => !line.includes('Task-'))).toEqual([
      '+done',
      '+failed',
      '+cancelled',
      '-failed true false',
      '-done true false',
      '-cancelled true true',
    ]);
  });

  it.skipIf(!canDrain).each([false, true])(
    'tell of callbacks, from the next turn of the runtime on, debug: %s (needs a drain)',
    async (debug) => {
      const heard: string[] = [];
      await runVirtual(async () => {
        const loop = getRunningLoop();
        loop.setDebug(debug);
        let mine: object | null = null;
        const note = (text: string) => (): void => void heard.push(text);
        await sleep(0);
        const start = ({ handle }: CallbackMessage): void =>
          void heard.push(`start ${handle === mine}`);
        const end = ({ handle }: CallbackMessage): void =>
          void heard.push(`end ${handle === mine}`);
        listen('loop:callback:start', start);
        listen('loop:callback:end', end);
        await sleep(1);
        mine = loop.callSoon(note('callback'));
        await sleep(0);
        heard.push('step');
      });
      const begun = heard.indexOf('start true');
      expect(heard.slice(begun, begun + 3)).toEqual(['start true', 'callback', 'end true']);
      // The step of an async function is over when its microtasks are.
      const at = heard.indexOf('step');
      expect(heard.slice(at - 1, at + 2)).toEqual(['start false', 'step', 'end false']);
    },
  );

  it('make nothing while nobody listens', () => {
    expect(channel('loop:task:create').hasSubscribers).toBe(false);
    expect(diagnosticsChannel('of:my:own').hasSubscribers).toBe(false);
    listen('of:my:own', () => undefined);
    expect(diagnosticsChannel('of:my:own').hasSubscribers).toBe(true);
  });

  it('are not disturbed by a subscriber that throws', async () => {
    listen('loop:task:create', () => {
      throw new Error('a bad subscriber');
    });
    const errors = await uncaughtErrors(async () => {
      expect(await runVirtual(() => sleep(1, 'done'))).toBe('done');
    });
    expect(new Set(errors.map(String))).toEqual(
      new Set(['uncaughtException,Error: a bad subscriber']),
    );
  });
});
