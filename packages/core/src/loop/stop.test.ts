import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { errorOf } from '../../test/error-of.ts';
import { installFakePoller } from '../../test/fake-poller.ts';
import { runOnce } from '../../test/run-once.ts';
import { runProgram } from '../../test/run-program.ts';
import { SystemExit } from '../error/errors.ts';
import { VirtualHost } from '../testing/virtual-host.ts';
import { EventLoop } from './event-loop.ts';
import { getRunningLoop } from './running-loop.ts';

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

describe('runForever', () => {
  it('LOOP-023 runs until stop(), and gives nothing', async () => {
    loop.callLater(3600, () => loop.stop());
    expect(await loop.runForever()).toBeUndefined();
    expect(loop.time()).toBeGreaterThanOrEqual(3600);
  });

  it('LOOP-023 does not end by itself when nothing is left to do', async () => {
    const ended = loop.runForever().then(log('ended'));
    for (let turn = 0; turn < 5; turn += 1) {
      await new Promise((resolve) => void setImmediate(resolve));
    }
    expect([loop.isRunning(), ...trace]).toEqual([true]);
    loop.stop();
    await ended;
    expect(trace).toEqual(['ended']);
  });

  it('LOOP-023 keeps the process alive though nothing is pending', async () => {
    const { out, status } = await runProgram('stays-alive.ts');
    expect([status, out]).toEqual([0, 'stopped\nended\nnothing left\n']);
  });
});

describe('stop', () => {
  it('LOOP-024 before runForever() polls once, and runs what is queued and what the poll found', async () => {
    const poller = installFakePoller(loop);
    loop.callSoon(() => {
      trace.push('queued');
      loop.callSoon(log('too late'));
    });
    loop.callLater(0, log('timer that is due'));
    loop.callLater(5, log('timer that is not'));
    poller.ready(() => void loop.callSoon(log('found by the poll')));
    await runOnce(loop);
    expect(trace).toEqual(['queued', 'found by the poll', 'timer that is due']);
    expect(poller.calls).toEqual(['poll']);
  });

  it('LOOP-025 lets the present batch finish, and what it schedules run in the next run', async () => {
    loop.callSoon(() => {
      trace.push('stops');
      loop.stop();
    });
    loop.callSoon(() => {
      trace.push('behind in the batch');
      loop.callSoon(log('scheduled by the batch'));
    });
    await loop.runForever();
    expect(trace).toEqual(['stops', 'behind in the batch']);
    await runOnce(loop);
    expect(trace).toEqual(['stops', 'behind in the batch', 'scheduled by the batch']);
  });

  it('LOOP-025 lets it finish behind a step of an async function too', async () => {
    const task = loop.createTask(async () => {
      await Promise.resolve();
      loop.stop();
      await loop.createTask(async () => log('inner task')());
    });
    loop.callSoon(log('behind in the batch'));
    await loop.runForever();
    expect(trace).toEqual(['behind in the batch']);
    await loop.runUntilComplete(task);
    expect(trace).toEqual(['behind in the batch', 'inner task']);
  });

  it('LOOP-026 A schedules C, stops, schedules D: A and B run, then C and D', async () => {
    loop.callSoon(() => {
      trace.push('A');
      loop.callSoon(log('C'));
      loop.stop();
      loop.callSoon(log('D'));
    });
    loop.callSoon(log('B'));
    await loop.runForever();
    expect(trace).toEqual(['A', 'B']);
    await runOnce(loop);
    expect(trace).toEqual(['A', 'B', 'C', 'D']);
  });

  it('LOOP-027 is forgotten when the run ends: the next one is normal', async () => {
    loop.stop();
    loop.stop();
    await loop.runForever();
    loop.callLater(1, log('1'));
    loop.callLater(2, () => loop.stop());
    await loop.runForever();
    expect(trace).toEqual(['1']);
  });

  it('LOOP-027 callSoon(stop) and runForever() is exactly one iteration', async () => {
    for (const round of ['1', '2', '3']) {
      loop.callSoon(() => {
        trace.push(round);
        loop.callSoon(log(`after ${round}`));
      });
      loop.callSoon(() => loop.stop());
      await loop.runForever();
    }
    expect(trace).toEqual(['1', 'after 1', '2', 'after 2', '3']);
  });

  it('LOOP-028 by callSoonThreadsafe() from code outside ends a run that waits', async () => {
    const real = new EventLoop();
    const poller = installFakePoller(real);
    const run = real.runForever();
    while (poller.calls.length < 2) {
      await new Promise((resolve) => void setImmediate(resolve));
    }
    expect(poller.calls).toEqual(['poll', 'arm null']);
    real.callSoonThreadsafe(() => real.stop());
    await run;
    expect(poller.calls).toEqual(['poll', 'arm null', 'disarm', 'poll']);
    real.close();
  });

  it('LOOP-029 gives nothing and never throws, on an idle or a closed loop either', async () => {
    expect(loop.stop()).toBeUndefined();
    await loop.runForever();
    loop.close();
    expect(loop.stop()).toBeUndefined();
  });

  it('ends a run that waits for a timer, from outside of the loop', async () => {
    const real = new EventLoop();
    real.callLater(3600, log('timer'));
    const run = real.runForever();
    await new Promise((resolve) => void setTimeout(resolve, 1));
    real.stop();
    await run;
    expect(trace).toEqual([]);
    real.close();
  });
});

describe('isRunning', () => {
  it('LOOP-030 is true exactly between entry and exit of a run', async () => {
    expect(loop.isRunning()).toBe(false);
    loop.callSoon(() => {
      trace.push(`${loop.isRunning()}`);
      loop.stop();
    });
    const run = loop.runForever();
    expect(loop.isRunning()).toBe(true);
    await run;
    expect([...trace, loop.isRunning()]).toEqual(['true', false]);
  });

  it('LOOP-030 is false after a run that an exception left', async () => {
    loop.callSoon(() => {
      throw new SystemExit(1);
    });
    expect(await errorOf(loop.runForever())).toBeInstanceOf(SystemExit);
    expect(loop.isRunning()).toBe(false);
    expect(() => getRunningLoop()).toThrow('no running event loop');
  });
});
