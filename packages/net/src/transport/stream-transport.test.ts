import { CancelledError, getRunningLoop, RuntimeError, sleep, SystemExit } from '@loop/core';
import { runVirtual } from '@loop/core/testing';
import { OSError, Protocol, type Transport } from '@loop/net';
import { describe, expect, it, vi } from 'vitest';
import { collectReports } from '../../test/collect-reports.ts';
import { FakeChannel, openFake } from '../../test/fake-channel.ts';
import { BufferedRecorder, Recorder } from '../../test/recorder.ts';
import { BufferedProtocol } from './protocol.ts';
import { StreamTransport } from './stream-transport.ts';

const bytes = (text: string): Buffer => Buffer.from(text);

describe('opening', () => {
  it('PROTO-001 CONN-003 CONN-004 starts to read once connectionMade has returned', async () => {
    await runVirtual(async () => {
      const loop = getRunningLoop();
      const order: string[] = [];
      const channel = new FakeChannel();
      class Opening extends Protocol {
        override connectionMade(): void {
          order.push(`made, reading: ${channel.reading}`);
          loop.callSoon(() => order.push('soon'));
        }
      }
      new StreamTransport({
        loop,
        protocol: new Opening(),
        open: () => channel,
        ready: () => order.push(`ready, reading: ${channel.reading}`),
      });
      expect(order).toEqual([]);
      await sleep(0);
      await sleep(0);
      expect(order).toEqual(['made, reading: false', 'ready, reading: true', 'soon']);
    });
  });

  it('TR-032 does not read when connectionMade pauses', async () => {
    await runVirtual(async () => {
      class Pausing extends Recorder {
        override connectionMade(transport: Transport): void {
          super.connectionMade(transport);
          transport.pauseReading();
        }
      }
      const { transport, channel } = await openFake(new Pausing());
      expect([transport.isReading(), channel.calls]).toEqual([false, []]);
      transport.resumeReading();
      expect([transport.isReading(), channel.calls]).toEqual([true, ['read']]);
    });
  });
});

describe('closing', () => {
  it('TR-001 is closing from close(), abort(), a fatal error or an end on', async () => {
    await runVirtual(async () => {
      const ways: Array<(transport: StreamTransport, channel: FakeChannel) => void> = [
        (transport) => transport.close(),
        (transport) => transport.abort(),
        (_, channel) => channel.events.failed(new OSError('ECONNRESET'), 'failed'),
        (_, channel) => channel.events.ended(),
      ];
      for (const way of ways) {
        const { transport, channel, protocol } = await openFake(new Recorder());
        expect(transport.isClosing()).toBe(false);
        way(transport, channel);
        expect(transport.isClosing()).toBe(true);
        await protocol.lost;
        expect(transport.isClosing()).toBe(true);
      }
    });
  });

  it('TR-002 TR-003 stops reading at once, and is lost in the next iteration, ahead of later callbacks', async () => {
    await runVirtual(async () => {
      const { transport, channel, protocol } = await openFake(new Recorder());
      transport.close();
      getRunningLoop().callSoon(() => protocol.trace.push('later'));
      expect([channel.calls, protocol.trace]).toEqual([['read', 'stop'], ['made']]);
      await sleep(0);
      expect(protocol.trace).toEqual(['made', 'lost', 'later']);
      expect(channel.calls.at(-1)).toBe('close');
    });
  });

  it('TR-004 TR-029 flushes what is buffered first, and resumes the protocol on the way', async () => {
    await runVirtual(async () => {
      const { transport, channel, protocol } = await openFake(new Recorder());
      channel.room = 0;
      transport.write(Buffer.alloc(100_000));
      transport.close();
      for (let turn = 0; turn < 5; turn += 1) await sleep(0);
      expect(protocol.trace).toEqual(['made', 'pause']);
      channel.drain(99_999);
      await sleep(0);
      expect(protocol.trace).toEqual(['made', 'pause', 'resume']);
      channel.drain();
      expect(await protocol.lost).toBeNull();
      expect(protocol.trace).toEqual(['made', 'pause', 'resume', 'lost']);
    });
  });

  it('TR-004 is lost in the callback that has sent the last byte, unless resumeWriting() writes more', async () => {
    await runVirtual(async () => {
      class Writing extends Recorder {
        override resumeWriting(): void {
          super.resumeWriting();
          if (this.trace.length === 3) this.transport.write(bytes('more'));
        }
      }
      const { transport, channel, protocol } = await openFake(new Writing());
      channel.room = 0;
      transport.write(Buffer.alloc(100_000));
      transport.close();
      channel.drain();
      expect(protocol.trace).toEqual(['made', 'pause', 'resume']);
      channel.drain();
      expect(protocol.trace).toEqual(['made', 'pause', 'resume', 'lost']);
      await sleep(0);
      expect(protocol.trace.filter((line) => line === 'lost')).toHaveLength(1);
    });
  });

  it('TR-005 delivers nothing after close()', async () => {
    await runVirtual(async () => {
      const { transport, channel, protocol } = await openFake(new Recorder());
      transport.close();
      channel.events.received(bytes('late'));
      channel.events.ended();
      await protocol.lost;
      expect(protocol.trace).toEqual(['made', 'lost']);
    });
  });

  it('TR-006 TR-029 abort() drops what is buffered, also of a close() that waits for it', async () => {
    await runVirtual(async () => {
      const { transport, channel, protocol } = await openFake(new Recorder());
      channel.room = 0;
      transport.write(Buffer.alloc(100_000));
      transport.close();
      await sleep(0);
      transport.abort();
      expect(transport.getWriteBufferSize()).toBe(0);
      await sleep(0);
      expect(protocol.trace).toEqual(['made', 'pause', 'lost']);
      expect(protocol.lost.result()).toBeNull();
    });
  });

  it('TR-007 PROTO-001 is lost once, however often it is closed', async () => {
    await runVirtual(async () => {
      const { transport, channel, protocol } = await openFake(new Recorder());
      transport.close();
      transport.close();
      transport.abort();
      channel.events.failed(new OSError('EPIPE'), 'failed');
      transport.abort();
      await sleep(0);
      transport.close();
      transport.abort();
      await sleep(0);
      expect(protocol.trace).toEqual(['made', 'lost']);
      expect(channel.calls.filter((call) => call === 'close')).toHaveLength(1);
    });
  });

  it('TR-007 is lost once when resumeWriting() closes at the end of the buffer', async () => {
    await runVirtual(async () => {
      class Closing extends Recorder {
        override resumeWriting(): void {
          super.resumeWriting();
          this.transport.close();
        }
      }
      const { transport, channel, protocol } = await openFake(new Closing());
      channel.room = 0;
      transport.write(Buffer.alloc(100_000));
      channel.drain();
      await sleep(0);
      await sleep(0);
      expect(protocol.trace).toEqual(['made', 'pause', 'resume', 'lost']);
    });
  });

  it('TR-008 answers, and does nothing, once it is lost', async () => {
    await runVirtual(async () => {
      const { transport, channel, protocol } = await openFake(new Recorder());
      expect(transport.getProtocol()).toBe(protocol);
      transport.close();
      await protocol.lost;
      expect(transport.getProtocol()).toBeNull();
      expect(transport.getExtraInfo('sockname')).toBe('near');
      const before = [...channel.calls];
      transport.pauseReading();
      transport.resumeReading();
      transport.writeEof();
      transport.setWriteBufferLimits(0);
      expect(channel.calls).toEqual(before);
    });
  });

  it('TR-009 frees everything when connectionLost throws', async () => {
    await runVirtual(async () => {
      const reports = collectReports();
      const owner = { attach: vi.fn<() => void>(), detach: vi.fn<() => void>() };
      class Throwing extends Recorder {
        override connectionLost(): void {
          throw new Error('lost it');
        }
      }
      const { transport, channel } = await openFake(new Throwing(), owner);
      expect(owner.attach).toHaveBeenCalledExactlyOnceWith(transport);
      transport.close();
      await sleep(0);
      expect(channel.calls.at(-1)).toBe('close');
      expect(owner.detach).toHaveBeenCalledExactlyOnceWith(transport);
      expect(reports).toMatchObject([{ exception: { message: 'lost it' } }]);
      expect(reports[0]!.message).toContain('Exception in callback');
    });
  });

  it('PROTO-004 tells connectionLost nothing after a close, an end or an abort, and the error otherwise', async () => {
    await runVirtual(async () => {
      const error = new OSError('ECONNRESET');
      const ways: Array<
        [(transport: StreamTransport, channel: FakeChannel) => void, Error | null]
      > = [
        [(transport) => transport.close(), null],
        [(transport) => transport.abort(), null],
        [(_, channel) => channel.events.ended(), null],
        [(_, channel) => channel.events.failed(error, 'failed'), error],
      ];
      for (const [way, expected] of ways) {
        const { transport, channel, protocol } = await openFake(new Recorder());
        way(transport, channel);
        expect(await protocol.lost).toBe(expected);
      }
    });
  });
});

describe('writing', () => {
  it.each([
    ['a string', 'text', 'string'],
    ['null', null, 'null'],
    ['a number', 7, 'number'],
    ['an array', [1, 2], 'array'],
    ['nothing', undefined, 'undefined'],
  ])('TR-011 TR-014 refuses %s', async (_, data, kind) => {
    await runVirtual(async () => {
      const { transport, channel } = await openFake(new Recorder());
      const text = `data argument must be a bytes-like object, not '${kind}'`;
      expect(() => transport.write(data as never)).toThrow(new TypeError(text));
      expect(() => transport.writelines([bytes('a'), data as never])).toThrow(new TypeError(text));
      expect(channel.calls).toEqual(['read']);
    });
  });

  it('TR-012 TR-014 passes on what there is, and nothing of nothing', async () => {
    await runVirtual(async () => {
      const { transport, channel } = await openFake(new Recorder());
      transport.write(new Uint8Array(0));
      transport.writelines([]);
      transport.writelines([new Uint8Array(0)]);
      transport.write(bytes('one'));
      transport.writelines(new Set([bytes('ab'), new Uint8Array(0), new Uint8Array(3)]));
      expect(channel.calls).toEqual(['read', 'write one', 'writev 2+3']);
    });
  });

  it('TR-016 TR-017 ends the writing side once, after the buffer, and not when closing', async () => {
    await runVirtual(async () => {
      const { transport, channel } = await openFake(new Recorder());
      expect(transport.canWriteEof()).toBe(true);
      channel.room = 0;
      transport.write(bytes('rest'));
      transport.writeEof();
      transport.writeEof();
      expect(channel.calls).toEqual(['read', 'write rest']);
      channel.drain();
      transport.writeEof();
      expect(channel.calls).toEqual(['read', 'write rest', 'end']);
      expect(transport.isReading()).toBe(true);
      const other = await openFake(new Recorder());
      other.transport.close();
      other.transport.writeEof();
      expect(other.channel.calls).toEqual(['read', 'stop']);
    });
  });

  it('TR-018 writes nothing after writeEof(), not even nothing', async () => {
    await runVirtual(async () => {
      const { transport } = await openFake(new Recorder());
      transport.writeEof();
      for (const data of [bytes('x'), new Uint8Array(0)]) {
        expect(() => transport.write(data)).toThrow(
          new RuntimeError('Cannot call write() after write_eof()'),
        );
        expect(() => transport.writelines([data])).toThrow(
          new RuntimeError('Cannot call writelines() after write_eof()'),
        );
      }
      expect(() => transport.writelines([])).toThrow(RuntimeError);
    });
  });

  it('TR-019 closes on an error of the system, in the next iteration, and reports nothing', async () => {
    await runVirtual(async () => {
      const reports = collectReports();
      const { transport, channel, protocol } = await openFake(new Recorder());
      const error = new OSError('EPIPE');
      vi.spyOn(channel, 'write').mockImplementation(() => channel.events.failed(error, 'failed'));
      transport.write(bytes('x'));
      expect([transport.isClosing(), transport.getWriteBufferSize()]).toEqual([true, 0]);
      expect(protocol.trace).toEqual(['made']);
      await sleep(0);
      expect([protocol.lost.result(), reports]).toEqual([error, []]);
    });
  });

  it.each(['close', 'abort'] as const)(
    'TR-020 TR-021 drops what is written after %s(), and warns from the fifth time on',
    async (how) => {
      await runVirtual(async () => {
        const warn = vi.spyOn(console, 'warn').mockReturnValue();
        try {
          const { transport, channel } = await openFake(new Recorder());
          transport[how]();
          const before = channel.calls.length;
          transport.write(new Uint8Array(0));
          transport.writelines([]);
          transport.write(bytes('1'));
          transport.writelines([bytes('2')]);
          await sleep(0);
          transport.write(bytes('3'));
          transport.write(bytes('4'));
          expect(warn).not.toHaveBeenCalled();
          transport.write(bytes('5'));
          transport.writelines([bytes('6')]);
          expect(warn.mock.calls).toEqual([
            ['socket.send() raised exception.'],
            ['socket.send() raised exception.'],
          ]);
          expect(channel.calls.slice(before).filter((call) => call.startsWith('write'))).toEqual(
            [],
          );
        } finally {
          warn.mockRestore();
        }
      });
    },
  );

  it('TR-021 does not throw for what is written while a close() flushes', async () => {
    await runVirtual(async () => {
      const { transport, channel, protocol } = await openFake(new Recorder());
      channel.room = 0;
      transport.write(bytes('first'));
      transport.close();
      transport.write(bytes('second'));
      transport.writelines([bytes('third')]);
      channel.drain();
      expect(await protocol.lost).toBeNull();
    });
  });
});

describe('flow control', () => {
  it('TR-022 TR-023 TR-024 has limits', async () => {
    await runVirtual(async () => {
      const { transport } = await openFake(new Recorder());
      expect(transport.getWriteBufferLimits()).toEqual([16_384, 65_536]);
      transport.setWriteBufferLimits(1000);
      expect(transport.getWriteBufferLimits()).toEqual([250, 1000]);
      transport.setWriteBufferLimits(null, 100);
      expect(transport.getWriteBufferLimits()).toEqual([100, 400]);
      expect(() => transport.setWriteBufferLimits(1, 2)).toThrow(
        'high (1) must be >= low (2) must be >= 0',
      );
      expect(() => transport.setWriteBufferLimits(-1)).toThrow('must be >= 0');
      expect(() => transport.setWriteBufferLimits(NaN)).toThrow('must be >= 0');
      expect(() => transport.setWriteBufferLimits('9' as never)).toThrow(TypeError);
      expect(transport.getWriteBufferLimits()).toEqual([100, 400]);
      transport.setWriteBufferLimits();
      expect(transport.getWriteBufferLimits()).toEqual([16_384, 65_536]);
    });
  });

  it('TR-025 TR-026 TR-027 PROTO-014 pauses above high inside write(), resumes at low, in turns', async () => {
    await runVirtual(async () => {
      const { transport, channel, protocol } = await openFake(new Recorder());
      transport.setWriteBufferLimits(10, 4);
      transport.write(Buffer.alloc(1000));
      channel.room = 5;
      const step = (act: () => void): unknown[] => {
        act();
        return [transport.getWriteBufferSize(), ...protocol.trace.slice(1)];
      };
      expect(step(() => transport.write(Buffer.alloc(15)))).toEqual([10]);
      expect(step(() => transport.write(Buffer.alloc(1)))).toEqual([11, 'pause']);
      expect(step(() => transport.write(Buffer.alloc(9)))).toEqual([20, 'pause']);
      expect(step(() => channel.drain(15))).toEqual([5, 'pause']);
      expect(step(() => channel.drain(1))).toEqual([4, 'pause', 'resume']);
      expect(step(() => channel.drain(4))).toEqual([0, 'pause', 'resume']);
      const again = ['pause', 'resume', 'pause'];
      expect(step(() => transport.writelines([Buffer.alloc(6), Buffer.alloc(6)]))).toEqual([
        12,
        ...again,
      ]);
    });
  });

  it('TR-028 pauses when high is set below what is buffered', async () => {
    await runVirtual(async () => {
      const { transport, channel, protocol } = await openFake(new Recorder());
      channel.room = 0;
      transport.write(Buffer.alloc(3));
      transport.setWriteBufferLimits(2);
      expect(protocol.trace).toEqual(['made', 'pause']);
      channel.drain();
      transport.setWriteBufferLimits(0);
      transport.write(Buffer.alloc(2));
      expect(protocol.trace).toEqual(['made', 'pause', 'resume', 'pause']);
      channel.drain(1);
      expect(protocol.trace).toEqual(['made', 'pause', 'resume', 'pause']);
      channel.drain(1);
      expect(protocol.trace).toEqual(['made', 'pause', 'resume', 'pause', 'resume']);
    });
  });

  it('TR-030 reports what pauseWriting and resumeWriting throw, and goes on', async () => {
    await runVirtual(async () => {
      const reports = collectReports();
      class Throwing extends Recorder {
        override pauseWriting(): void {
          throw new Error('no pause');
        }
        override resumeWriting(): void {
          throw new Error('no resume');
        }
      }
      const { transport, channel, protocol } = await openFake(new Throwing());
      channel.room = 0;
      transport.setWriteBufferLimits(0);
      transport.write(bytes('x'));
      channel.drain();
      expect(reports).toMatchObject([
        { message: 'protocol.pause_writing() failed', exception: { message: 'no pause' } },
        { message: 'protocol.resume_writing() failed', exception: { message: 'no resume' } },
      ]);
      for (const report of reports) {
        expect(report.transport).toBe(transport);
        expect(report.protocol).toBe(protocol);
      }
      expect(transport.isClosing()).toBe(false);
    });
  });

  it('TR-030 lets an exit out of pauseWriting()', async () => {
    const exit = runVirtual(async () => {
      class Exiting extends Recorder {
        override pauseWriting(): void {
          throw new SystemExit(3);
        }
      }
      const { transport, channel } = await openFake(new Exiting());
      channel.room = 0;
      transport.setWriteBufferLimits(0);
      transport.write(bytes('x'));
    });
    await expect(exit).rejects.toThrow(SystemExit);
  });

  it('TR-027 PROTO-006 needs neither pauseWriting nor resumeWriting', async () => {
    await runVirtual(async () => {
      const reports = collectReports();
      const { transport, channel } = await openFake({
        connectionMade() {},
        dataReceived() {},
        eofReceived() {},
        connectionLost() {},
      });
      channel.room = 0;
      transport.setWriteBufferLimits(0);
      transport.write(bytes('x'));
      channel.drain();
      expect(reports).toEqual([]);
    });
  });
});

describe('reading', () => {
  it('TR-032 pauses and resumes any number of times, until it closes', async () => {
    await runVirtual(async () => {
      const { transport, channel } = await openFake(new Recorder());
      transport.resumeReading();
      transport.pauseReading();
      transport.pauseReading();
      expect(transport.isReading()).toBe(false);
      transport.resumeReading();
      transport.resumeReading();
      expect(transport.isReading()).toBe(true);
      expect(channel.calls).toEqual(['read', 'stop', 'read']);
      transport.close();
      transport.pauseReading();
      transport.resumeReading();
      expect([transport.isReading(), channel.reading]).toEqual([false, false]);
    });
  });

  it('TR-034 TR-035 closes at the end unless eofReceived says otherwise', async () => {
    await runVirtual(async () => {
      const closing = await openFake(new Recorder());
      closing.channel.room = 0;
      closing.transport.write(bytes('rest'));
      closing.channel.events.ended();
      closing.channel.events.ended();
      await sleep(0);
      expect(closing.protocol.trace).toEqual(['made', 'eof']);
      closing.channel.drain();
      expect(await closing.protocol.lost).toBeNull();
      const open = await openFake(new Recorder());
      open.protocol.keepOpen = true;
      open.channel.events.ended();
      open.transport.pauseReading();
      open.transport.resumeReading();
      open.transport.write(bytes('more'));
      expect(open.channel.calls).toEqual(['read', 'stop', 'write more']);
      expect(open.transport.isClosing()).toBe(false);
      open.channel.events.ended();
      expect(open.protocol.trace).toEqual(['made', 'eof']);
    });
  });

  it('TR-036 tells an error of the system to the protocol alone, and any other to the handler too', async () => {
    await runVirtual(async () => {
      const reports = collectReports();
      const quiet = await openFake(new Recorder());
      const reset = new OSError('ECONNRESET');
      quiet.channel.events.failed(reset, 'Fatal read error on socket transport');
      expect(await quiet.protocol.lost).toBe(reset);
      expect([quiet.protocol.trace, reports]).toEqual([['made', 'lost ECONNRESET'], []]);
      const loud = await openFake(new Recorder());
      const bug = new TypeError('bug');
      loud.channel.events.failed(bug, 'Fatal read error on socket transport');
      expect(await loud.protocol.lost).toBe(bug);
      expect(reports).toHaveLength(1);
      expect(reports[0]).toMatchObject({ message: 'Fatal read error on socket transport' });
      expect(reports[0]!.exception).toBe(bug);
      expect(reports[0]!.transport).toBe(loud.transport);
      expect(reports[0]!.protocol).toBe(loud.protocol);
    });
  });

  it('TR-037 loses the connection when dataReceived or eofReceived throws', async () => {
    await runVirtual(async () => {
      const reports = collectReports();
      class Throwing extends Recorder {
        override dataReceived(): void {
          throw new Error('bad data');
        }
        override eofReceived(): never {
          throw new Error('bad end');
        }
      }
      for (const [act, message, text] of [
        [
          (channel: FakeChannel) => channel.events.received(bytes('x')),
          'data_received',
          'bad data',
        ],
        [(channel: FakeChannel) => channel.events.ended(), 'eof_received', 'bad end'],
      ] as const) {
        const { channel, transport, protocol } = await openFake(new Throwing());
        channel.room = 0;
        transport.write(bytes('kept'));
        act(channel);
        expect(transport.getWriteBufferSize()).toBe(0);
        expect(await protocol.lost).toMatchObject({ message: text });
        const report = reports.pop()!;
        expect(report.message).toBe(`Fatal error: protocol.${message}() call failed.`);
        expect(report.exception).toMatchObject({ message: text });
        expect(report.transport).toBe(transport);
        expect(report.protocol).toBe(protocol);
      }
      expect(reports).toEqual([]);
    });
  });

  it('TR-037 takes a cancellation that is thrown for any other error', async () => {
    await runVirtual(async () => {
      const reports = collectReports();
      class Throwing extends Recorder {
        override dataReceived(): void {
          throw new CancelledError();
        }
      }
      const { channel, protocol } = await openFake(new Throwing());
      channel.events.received(bytes('x'));
      expect(await protocol.lost).toBeInstanceOf(CancelledError);
      expect(reports).toHaveLength(1);
    });
  });

  it('TR-037 lets an exit out of dataReceived()', async () => {
    const exit = runVirtual(async () => {
      class Exiting extends Recorder {
        override dataReceived(): void {
          throw new SystemExit(3);
        }
      }
      const { channel } = await openFake(new Exiting());
      channel.events.received(bytes('x'));
    });
    await expect(exit).rejects.toThrow(SystemExit);
  });
});

describe('buffered protocols', () => {
  it('PROTO-002 PROTO-008 PROTO-009 PROTO-010 asks for a buffer before each read', async () => {
    await runVirtual(async () => {
      const { channel, protocol } = await openFake(new BufferedRecorder(4));
      for (const part of ['abcd', 'ef']) {
        channel.events.target()!.set(bytes(part));
        channel.events.filled(part.length);
      }
      expect(channel.events.target()).toHaveLength(4);
      channel.events.ended();
      expect(await protocol.lost).toBeNull();
      expect(protocol.received.toString()).toBe('abcdef');
      expect(protocol.trace).toEqual([
        'made',
        'buffer -1',
        'updated 4',
        'buffer -1',
        'updated 2',
        'buffer -1',
        'eof',
        'lost',
      ]);
    });
  });

  it.each([
    ['is empty', () => new Uint8Array(0), 'get_buffer() returned an empty buffer'],
    ['is none', () => 'text' as never, 'getBuffer() has to return a Uint8Array, got text'],
    [
      'cannot be had',
      () => {
        throw new Error('no buffer');
      },
      'no buffer',
    ],
  ])('PROTO-011 loses the connection when the buffer %s', async (_, getBuffer, text) => {
    await runVirtual(async () => {
      const reports = collectReports();
      const protocol = new BufferedRecorder();
      protocol.getBuffer = getBuffer;
      const { channel } = await openFake(protocol);
      expect(channel.events.target()).toBeNull();
      expect(channel.reading).toBe(false);
      expect(await protocol.lost).toMatchObject({ message: text });
      expect(reports).toMatchObject([
        {
          message: 'Fatal error: protocol.get_buffer() call failed.',
          exception: { message: text },
        },
      ]);
    });
  });

  it('PROTO-012 loses the connection when bufferUpdated throws', async () => {
    await runVirtual(async () => {
      const reports = collectReports();
      const protocol = new BufferedRecorder();
      protocol.bufferUpdated = () => {
        throw new Error('bad count');
      };
      const { channel } = await openFake(protocol);
      channel.events.target();
      channel.events.filled(1);
      expect(await protocol.lost).toMatchObject({ message: 'bad count' });
      expect(reports).toMatchObject([
        { message: 'Fatal error: protocol.buffer_updated() call failed.' },
      ]);
    });
  });

  it('TR-043 PROTO-006 routes events to the new protocol, of either kind', async () => {
    await runVirtual(async () => {
      const { transport, channel, protocol } = await openFake(new Recorder());
      channel.events.received(bytes('plain'));
      const buffered = new BufferedRecorder(8);
      transport.setProtocol(buffered);
      expect(transport.getProtocol()).toBe(buffered);
      channel.events.target()!.set(bytes('buffered'));
      channel.events.filled(8);
      const plain = {
        chunks: [] as string[],
        connectionMade() {
          this.chunks.push('made');
        },
        dataReceived(data: Buffer) {
          this.chunks.push(data.toString());
        },
        eofReceived() {},
        connectionLost() {
          this.chunks.push('lost');
        },
        getBuffer() {
          return new Uint8Array(1);
        },
      };
      transport.setProtocol(plain as never);
      expect(channel.events.target()).toBeNull();
      channel.events.received(bytes('again'));
      transport.close();
      await sleep(0);
      expect(protocol.trace).toEqual(['made', 'data']);
      expect(buffered.trace).toEqual(['buffer -1', 'updated 8']);
      expect(plain.chunks).toEqual(['again', 'lost']);
      expect(buffered).toBeInstanceOf(BufferedProtocol);
    });
  });
});

describe('extra info', () => {
  it('TR-038 gives the fallback for what it does not know', async () => {
    await runVirtual(async () => {
      const { transport } = await openFake(new Recorder());
      expect(transport.getExtraInfo('sockname')).toBe('near');
      expect(transport.getExtraInfo('unknown')).toBeUndefined();
      expect(transport.getExtraInfo('unknown', 5)).toBe(5);
      expect(transport.getExtraInfo('toString', 5)).toBe(5);
    });
  });
});
