import { type EventLoop, getRunningLoop } from '@loop/core';
import { BufferedSubprocessProtocol } from '@loop/subprocess';
import { beforeEach, describe, expect, it } from 'vitest';
import { loops, Traced, useLoops, withLoop } from '../test/traced.ts';

/** Has all output read into one small piece of memory. */
class Filling extends BufferedSubprocessProtocol {
  readonly finished = getRunningLoop().createFuture<void>();
  readonly memory = Buffer.alloc(4);
  readonly trace: string[] = [];

  override connectionMade(): void {
    this.trace.push('made');
  }

  override pipeGetBuffer(): Uint8Array {
    return this.memory;
  }

  override pipeBufferUpdated(fd: number, count: number): void {
    this.trace.push(`${fd} ${this.memory.toString('latin1', 0, count)}`);
  }

  override pipeConnectionLost(fd: number): void {
    this.trace.push(`pipe lost ${fd}`);
  }

  override processExited(): void {
    this.trace.push('exited');
  }

  override connectionLost(): void {
    this.trace.push('lost');
    this.finished.setResult();
  }
}

describe.each(loops)('BufferedSubprocessProtocol with the %s', (_, makeLoop) => {
  beforeEach(() => useLoops(makeLoop));

  it('PROC-015 PROC-016 PROC-018 gets output in its own memory, once it knows the child', async () => {
    await withLoop(async (loop) => {
      const [, protocol] = await loop.subprocessShell(() => new Filling(), 'printf abcdefg', {
        stdin: null,
      });
      await protocol.finished;
      const { trace } = protocol;
      expect([trace[0], trace.at(-1)]).toEqual(['made', 'lost']);
      expect(trace.filter((event) => event.startsWith('1 '))).toEqual(['1 abcd', '1 efg']);
      expect(trace.indexOf('1 efg')).toBeLessThan(trace.indexOf('pipe lost 1'));
    });
  });

  it('PROC-028 can be exchanged for one of the other kind, and back', async () => {
    await withLoop(async (loop) => {
      const [transport, first] = await loop.subprocessExec(() => new Traced(), ['cat']);
      const [stdin, stdout] = [transport.getPipeTransport(0), transport.getPipeTransport(1)];
      stdin?.write(Buffer.from('one'));
      await first.spoke;
      const second = new Filling();
      transport.setProtocol(second);
      expect(transport.getProtocol()).toBe(second);
      stdin?.write(Buffer.from('three'));
      await until(loop, () => second.trace.length === 2);
      expect(second.trace).toEqual(['1 thre', '1 e']);
      expect(stdout?.isReading()).toBe(true);
      const third = new Traced();
      transport.setProtocol(third);
      stdin?.write(Buffer.from('four'));
      await third.spoke;
      stdin?.close();
      await third.finished;
      expect([first.output[1], third.output[1]]).toEqual(['one', 'four']);
    });
  });
});

/** Turns of the loop until it is so. */
async function until(loop: EventLoop, reached: () => boolean): Promise<void> {
  while (!reached()) {
    const turned = loop.createFuture<void>();
    setImmediate(() => loop.callSoonThreadsafe(() => turned.setResult()));
    await turned;
  }
}
