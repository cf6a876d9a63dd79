import { describe, expect, it } from 'vitest';
import { runProgram } from '../../test/run-program.ts';
import { VirtualHost } from '../testing/virtual-host.ts';
import { EventLoop } from './event-loop.ts';
import { newEventLoop } from './running-loop.ts';

describe('the examples of the document', () => {
  it('EX-001 hello world prints one line, and the program ends by itself', async () => {
    const { status, out, err } = await runProgram('hello-world.ts');
    expect([status, out, err]).toEqual([0, 'Hello World\n', '']);
  });

  it('EX-002 the current date is printed five times, a second apart', async () => {
    const loop = new EventLoop({ host: new VirtualHost({ start: 1000 }) });
    const printed: number[] = [];
    const displayDate = (endTime: number, theLoop: EventLoop): void => {
      printed.push(theLoop.time());
      if (theLoop.time() + 1.0 < endTime) theLoop.callLater(1, displayDate, endTime, theLoop);
      else theLoop.stop();
    };
    loop.callSoon(displayDate, loop.time() + 5.0, loop);
    try {
      await loop.runForever();
    } finally {
      loop.close();
    }
    expect(printed).toEqual([1000, 1001, 1002, 1003, 1004]);
    expect(loop.time()).toBe(1004);
  });

  it('EX-005 the shutdown pattern leaves no open generator behind', async () => {
    const loop = newEventLoop();
    const trace: string[] = [];
    async function* ticks(): AsyncGenerator<number> {
      try {
        for (let tick = 0; ; tick += 1) yield tick;
      } finally {
        await Promise.resolve();
        trace.push('closed');
      }
    }
    void loop.createTask(async () => {
      for await (const tick of ticks()) {
        trace.push(`tick ${tick}`);
        loop.stop();
        await loop.createFuture();
      }
    });
    try {
      await loop.runForever();
    } finally {
      await loop.runUntilComplete(loop.shutdownAsyncgens());
      loop.setExceptionHandler((_, { message }) => void trace.push(String(message)));
      loop.close();
    }
    expect(trace).toEqual(['tick 0', 'closed', 'Task was destroyed but it is pending!']);
    expect(loop.isClosed()).toBe(true);
  });
});
