import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { type EventLoop, sleep } from '@loop/core';
import { Protocol, SHUT_WR, type Socket, socketpair, type Transport } from '@loop/net';
import { describe, expect, it } from 'vitest';
import { selectorBackend } from '../backend/selector-backend.ts';
import { collectReports } from '../../test/collect-reports.ts';
import { inLoop, portOf } from '../../test/in-loop.ts';
import { openSockets } from '../../test/open-sockets.ts';
import { Recorder } from '../../test/recorder.ts';
import { backends } from '../../test/backends.ts';

class Echo extends Protocol {
  transport!: Transport;

  override connectionMade(transport: Transport): void {
    this.transport = transport;
  }

  override dataReceived(data: Buffer): void {
    this.transport.write(data);
  }
}

/** Collects garbage now. */
function collect(): void {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
}

describe.each(backends)('many connections, with %s', (_, makeLoop) => {
  it('leave nothing once they are closed', { timeout: 120_000 }, async () => {
    const thorough = _ === 'EpollSelector' || _ === 'proactor';
    const [total, atOnce] = thorough ? [10_000, 100] : [1_000, 50];
    const sockets = openSockets();
    const protocols: Array<WeakRef<Protocol>> = [];
    await inLoop(makeLoop, async (loop) => {
      const server = await loop.createServer(
        () => {
          const echo = new Echo();
          protocols.push(new WeakRef(echo));
          return echo;
        },
        '127.0.0.1',
        0,
      );
      const port = portOf(server);
      const one = async (count: number): Promise<void> => {
        const [transport, client] = await loop.createConnection(
          () => new Recorder(),
          '127.0.0.1',
          port,
        );
        protocols.push(new WeakRef(client));
        transport.write(Buffer.from('x'));
        await client.bytes(1);
        // The three ways to end.
        if (count % 3 === 0) transport.abort();
        else if (count % 3 === 1) transport.close();
        else transport.writeEof();
        await client.lost;
      };
      for (let begun = 0; begun < total; begun += atOnce) {
        await Promise.all(Array.from({ length: atOnce }, (__, count) => one(count)));
      }
      server.close();
      await server.waitClosed();
      expect(protocols).toHaveLength(2 * total);
      await sleep(0);
      collect();
      const alive = protocols.filter((reference) => reference.deref() !== undefined);
      // The last ones may still stand on the stack of the collector.
      expect(alive.length).toBeLessThanOrEqual(2 * atOnce);
    });
    expect(openSockets()).toEqual(sockets);
  });

  it('go on when a callback throws in the middle of a burst', async () => {
    await inLoop(makeLoop, async (loop) => {
      const reports = collectReports(loop);
      const pairs = await Promise.all(
        Array.from({ length: 30 }, async (__, index) => {
          const [near, far] = socketpair();
          const made = (): Recorder => (index % 10 === 5 ? new Thrower() : new Recorder());
          const [, protocol] = await loop.createConnection(made, null, null, { sock: near });
          return { protocol, far };
        }),
      );
      for (const { far } of pairs) far.send(Buffer.from('data'));
      const outcomes = await Promise.all(
        pairs.map(async ({ protocol }) =>
          protocol instanceof Thrower
            ? (await protocol.lost)?.message
            : (await protocol.bytes(4)).toString(),
        ),
      );
      expect(outcomes).toEqual(
        pairs.map(({ protocol }) => (protocol instanceof Thrower ? 'in a burst' : 'data')),
      );
      expect(reports.map(({ message }) => message)).toEqual(
        Array.from({ length: 3 }, () => 'Fatal error: protocol.data_received() call failed.'),
      );
      for (const { far } of pairs) far.close();
      await Promise.all(pairs.map(({ protocol }) => protocol.lost));
    });
  });
});

class Thrower extends Recorder {
  override dataReceived(): void {
    throw new Error('in a burst');
  }
}

/** Writes until it is told to pause, and again when it may. */
class Producer extends Recorder {
  readonly chunk: Buffer;
  largest = 0;

  constructor(size: number) {
    super();
    this.chunk = Buffer.alloc(size, 'x');
  }

  produce(): void {
    while (this.trace.at(-1) !== 'pause' && !this.transport.isClosing()) {
      this.transport.write(this.chunk);
      this.largest = Math.max(this.largest, this.transport.getWriteBufferSize());
    }
  }

  override resumeWriting(): void {
    super.resumeWriting();
    this.produce();
  }
}

describe.each(backends)('peers that do not do their part, with %s', (_, makeLoop) => {
  const withProducer = (
    body: (producer: Producer, far: Socket, loop: EventLoop) => Promise<void>,
  ): Promise<void> =>
    inLoop(makeLoop, async (loop) => {
      const [near, far] = socketpair();
      const [, producer] = await loop.createConnection(() => new Producer(10_000), null, null, {
        sock: near,
      });
      await body(producer, far, loop);
      far.close();
    });

  it('one that never reads costs no more memory than the high limit and one write', async () => {
    await withProducer(async (producer, far, loop) => {
      producer.produce();
      expect(producer.largest).toBeLessThanOrEqual(65536 + producer.chunk.length);
      // One that reads a little at a time never makes it more.
      for (let read = 0; read < 2_000_000;) read += (await loop.sockRecv(far, 50_000)).length;
      expect(producer.largest).toBeLessThanOrEqual(65536 + producer.chunk.length);
      expect(producer.trace.filter((entry) => entry === 'resume').length).toBeGreaterThan(3);
      producer.transport.abort();
      await producer.lost;
    });
  });

  it('a writer that closes while it is paused waits for the reader, or is aborted', async () => {
    await withProducer(async (producer, far, loop) => {
      producer.produce();
      producer.transport.close();
      for (let count = 0; count < 5; count += 1) await sleep(0);
      expect(producer.trace.at(-1)).toBe('pause');
      const buffered = producer.transport.getWriteBufferSize();
      expect(buffered).toBeGreaterThan(0);
      const chunks: Buffer[] = [];
      for (;;) {
        const chunk = await loop.sockRecv(far, 65536);
        if (chunk.length === 0) break;
        chunks.push(chunk);
      }
      expect(await producer.lost).toBeNull();
      expect(Buffer.concat(chunks).length % producer.chunk.length).toBe(0);
      expect(producer.trace).toEqual(['made', 'pause', 'resume', 'lost']);
    });
    await withProducer(async (producer) => {
      producer.produce();
      producer.transport.close();
      producer.transport.abort();
      expect(await producer.lost).toBeNull();
      expect(producer.trace).toEqual(['made', 'pause', 'lost']);
    });
  });

  it('one that is half open still gets everything', async () => {
    await withProducer(async (producer, far, loop) => {
      producer.keepOpen = true;
      far.shutdown(SHUT_WR);
      await producer.ended;
      producer.produce();
      for (let read = 0; read < 1_000_000;) read += (await loop.sockRecv(far, 65536)).length;
      expect([producer.transport.isClosing(), producer.trace.includes('eof')]).toEqual([
        false,
        true,
      ]);
      producer.transport.abort();
      await producer.lost;
    });
  });

  it('one that disappears while its data is not read is noticed when reading goes on', async () => {
    await withProducer(async (producer, far) => {
      producer.transport.pauseReading();
      far.send(Buffer.from('last'));
      far.close();
      for (let count = 0; count < 5; count += 1) await sleep(0);
      expect(producer.trace).toEqual(['made']);
      producer.transport.resumeReading();
      await producer.lost;
      expect(producer.trace).toEqual(['made', 'data', 'eof', 'lost']);
    });
  });
});

describe('an idle connection', () => {
  it('holds nothing in the backend once it is gone', async () => {
    await inLoop(backends[0]![1], async (loop) => {
      const [near, far] = socketpair();
      const fd = near.fileno();
      const [transport, protocol] = await loop.createConnection(() => new Recorder(), null, null, {
        sock: near,
      });
      const { poller } = selectorBackend(loop);
      expect(poller.handlesOf(fd).reader).not.toBeNull();
      transport.close();
      await protocol.lost;
      expect(poller.handlesOf(fd)).toEqual({ reader: null, writer: null });
      far.close();
    });
  });
});
