import { getRunningLoop, run, sleep } from '@loop/core';
import { OSError } from '@loop/posix';
import { describe, expect, it } from 'vitest';
import { errorOf } from '../../test/error-of.ts';
import { type FakeChannel, openFake } from '../../test/fake-channel.ts';
import { StreamReaderProtocol } from './stream-protocol.ts';
import { StreamReader } from './stream-reader.ts';
import { StreamWriter } from './stream-writer.ts';

interface Fake {
  readonly reader: StreamReader;
  readonly writer: StreamWriter;
  readonly channel: FakeChannel;
}

/** Streams on a channel that takes as many bytes as the test lets it. */
async function openFakeStreams(): Promise<Fake> {
  const loop = getRunningLoop();
  const reader = new StreamReader();
  const protocol = new StreamReaderProtocol(reader);
  const { transport, channel } = await openFake(protocol);
  return { reader, channel, writer: new StreamWriter(transport, protocol, reader, loop) };
}

const within = (body: (fake: Fake) => Promise<void>): Promise<void> =>
  run(async () => body(await openFakeStreams()));

describe('StreamWriter', () => {
  it('STR-027 does not wait while there is room: the loop has no turn', async () => {
    await within(async ({ writer, channel }) => {
      let turns = 0;
      getRunningLoop().callSoon(() => void (turns += 1));
      writer.write(Buffer.from('data'));
      await writer.drain();
      await writer.drain();
      expect(turns).toBe(0);
      expect(channel.calls).toEqual(['read', 'write data']);
    });
  });

  it('STR-027 releases all who wait for room', async () => {
    await within(async ({ writer, channel }) => {
      const loop = getRunningLoop();
      channel.room = 0;
      writer.write(Buffer.alloc(100_000));
      const trace: number[] = [];
      const drains = [1, 2, 3].map((n) =>
        loop.createTask(async () => {
          await writer.drain();
          trace.push(n);
        }),
      );
      await sleep(0);
      await sleep(0);
      drains[1]?.cancel();
      await sleep(0);
      expect(trace).toEqual([]);
      channel.drain();
      await Promise.all([drains[0], drains[2]]);
      expect(trace).toEqual([1, 3]);
      expect((await errorOf(drains[1]!)).name).toBe('CancelledError');
      await writer.drain();
    });
  });

  it("STR-028 throws the reader's error", async () => {
    await within(async ({ reader, writer }) => {
      const error = new Error('broken');
      reader.setException(error);
      expect(await errorOf(writer.drain())).toBe(error);
    });
  });

  it('STR-028 ends a loop that writes and drains once the connection is closed', async () => {
    await within(async ({ writer }) => {
      writer.close();
      const writeOn = async (): Promise<void> => {
        for (;;) {
          writer.write(Buffer.from('x'));
          await writer.drain();
        }
      };
      expect(await errorOf(writeOn())).toMatchObject({
        code: 'ECONNRESET',
        message: 'Connection lost',
      });
    });
  });

  it.each([
    ['resolves after a clean close', null],
    ['throws what the connection was lost by', new OSError('EPIPE')],
  ] as const)('STR-029 a drain that waits %s', async (_, error) => {
    await within(async ({ writer, channel }) => {
      channel.room = 0;
      writer.write(Buffer.alloc(100_000));
      const drain = getRunningLoop().createTask(() => writer.drain());
      await sleep(0);
      if (error === null) (writer.transport as unknown as { abort(): void }).abort();
      else channel.events.failed(error, 'broken');
      const outcome = await drain.then(
        () => null,
        (thrown: unknown) => thrown,
      );
      expect(outcome).toBe(error);
    });
  });

  it('STR-030 waits for the end, any number of times', async () => {
    await within(async ({ reader, writer }) => {
      const waits = [1, 2].map(() => getRunningLoop().createTask(() => writer.waitClosed()));
      await sleep(0);
      waits[0]?.cancel();
      expect((await errorOf(waits[0]!)).name).toBe('CancelledError');
      writer.close();
      await waits[1];
      await writer.waitClosed();
      expect(reader.atEof()).toBe(true);
    });
  });

  it('STR-030 throws what the connection was lost by, any number of times', async () => {
    await within(async ({ writer, channel }) => {
      const lost = new OSError('ECONNRESET');
      const waiting = getRunningLoop().createTask(() => writer.waitClosed());
      await sleep(0);
      channel.events.failed(lost, 'broken');
      expect(await errorOf(waiting)).toBe(lost);
      expect(await errorOf(writer.waitClosed())).toBe(lost);
    });
  });

  it('STR-026 STR-030 closes at the end of its block, once everything is sent', async () => {
    await within(async ({ writer, channel }) => {
      channel.room = 0;
      getRunningLoop().callSoon(() => channel.drain());
      {
        await using _ = writer;
        writer.write(Buffer.from('data'));
      }
      expect(channel.calls).toEqual(['read', 'write data', 'stop', 'close']);
    });
  });

  it('STR-030 the end of a block is no place for the errors of the connection', async () => {
    await within(async ({ writer, channel }) => {
      const block = async (): Promise<void> => {
        await using _ = writer;
        channel.events.failed(new OSError('ECONNRESET'), 'broken');
        throw new Error('of the block');
      };
      expect(await errorOf(block())).toMatchObject({ message: 'of the block' });
    });
  });

  it('STR-030 can be cancelled while it waits at the end of its block', async () => {
    await within(async ({ writer, channel }) => {
      channel.room = 0;
      writer.write(Buffer.from('never taken'));
      const block = getRunningLoop().createTask(async () => {
        await using _ = writer;
      });
      await sleep(0);
      await sleep(0);
      block.cancel();
      expect((await errorOf(block)).name).toBe('CancelledError');
    });
  });
});
