import { getRunningLoop, run, sleep, type EventLoop } from '@loop/core';
import { SelectorEventLoop, type Socket, socketpair, type Transport } from '@loop/net';
import { SendRing, trySend } from '@loop/posix/internal';
import { describe, expect, it } from 'vitest';
import { Recorder } from '../../test/recorder.ts';

const ring = SendRing.open();
ring?.close();

interface Ends {
  readonly loop: EventLoop;
  readonly transports: readonly Transport[];
  readonly protocols: readonly Answering[];
  readonly far: readonly Socket[];
}

/** Does what a test wants in the callback that brings data. */
class Answering extends Recorder {
  answer: (transport: Transport) => void = () => {};

  override dataReceived(data: Buffer): void {
    super.dataReceived(data);
    this.answer(this.transport);
  }
}

/** Three connections; `body` runs in the loop. */
function withConnections(body: (ends: Ends) => Promise<void>): Promise<void> {
  return run(
    async () => {
      const loop = getRunningLoop();
      const pairs = [socketpair(), socketpair(), socketpair()];
      const protocols = pairs.map(() => new Answering());
      const transports: Transport[] = [];
      for (const [index, [near]] of pairs.entries()) {
        const [transport] = await loop.createConnection(
          () => protocols[index] as Answering,
          null,
          null,
          { sock: near },
        );
        transports.push(transport);
      }
      const far = pairs.map(([, socket]) => socket);
      await body({ loop, transports, protocols, far });
      for (const transport of transports) transport.abort();
      await sleep(0);
      for (const socket of far) socket.close();
    },
    { loopFactory: () => new SelectorEventLoop() },
  );
}

/** Makes all connections readable at once, and lets them have it. */
async function stir({ far, protocols }: Ends): Promise<void> {
  const before = protocols.map(({ size }) => size);
  for (const socket of far) socket.send(Buffer.from('go'));
  while (protocols.some(({ size }, index) => size === before[index])) await sleep(0);
}

function received(socket: Socket): string {
  try {
    return socket.recv(1 << 20).toString();
  } catch {
    return '';
  }
}

describe.skipIf(ring === null)('writes of one iteration (io_uring is forbidden here)', () => {
  it('TR-012 TR-013 TR-014 arrive, each on its own connection and in order, when the callbacks have run', async () => {
    await withConnections(async (ends) => {
      for (const [index, protocol] of ends.protocols.entries()) {
        protocol.answer = (transport) => {
          const piece = Buffer.from(`answer ${index}`);
          transport.write(piece);
          piece.fill('?');
          transport.writelines([Buffer.from(', '), Buffer.from('more')]);
        };
      }
      await stir(ends);
      expect(ends.far.map(received)).toEqual([
        'answer 0, more',
        'answer 1, more',
        'answer 2, more',
      ]);
    });
  });

  it('TR-012 keep their order where connections are written to in turns', async () => {
    await withConnections(async (ends) => {
      const [first] = ends.protocols as [Answering];
      first.answer = () => {
        for (const text of ['a', 'b', 'c']) {
          for (const transport of ends.transports) transport.write(Buffer.from(text));
        }
      };
      await stir(ends);
      expect(ends.far.map(received)).toEqual(['abc', 'abc', 'abc']);
    });
  });

  it('TR-012 are not overtaken by large ones', async () => {
    await withConnections(async (ends) => {
      const large = 'L'.repeat(20 * 1024);
      for (const protocol of ends.protocols) {
        protocol.answer = (transport) => {
          for (const text of ['small', large, 'last']) transport.write(Buffer.from(text));
        };
      }
      await stir(ends);
      expect(ends.far.map(received)).toEqual(Array(3).fill(`small${large}last`));
    });
  });

  it('TR-017 TR-006 are sent before the end, a close or an abort', async () => {
    await withConnections(async (ends) => {
      const ways: Array<(transport: Transport) => void> = [
        (transport) => transport.writeEof(),
        (transport) => transport.close(),
        (transport) => transport.abort(),
      ];
      for (const [index, protocol] of ends.protocols.entries()) {
        protocol.answer = (transport) => {
          transport.write(Buffer.from('bye'));
          ways[index]?.(transport);
        };
      }
      await stir(ends);
      await sleep(0);
      expect(ends.far.map(received)).toEqual(['bye', 'bye', 'bye']);
      expect(ends.far.map((socket) => socket.recv(10).length)).toEqual([0, 0, 0]);
    });
  });

  it('TR-025 TR-026 wait, and pause the protocol, where the peer takes nothing', async () => {
    await withConnections(async (ends) => {
      const [transport] = ends.transports as [Transport];
      const [protocol] = ends.protocols as [Answering];
      const fd = (transport.getExtraInfo('socket') as { fileno(): number }).fileno();
      const piece = Buffer.alloc(4096);
      let filled = 0;
      for (let sent = 0; sent >= 0; sent = trySend(fd, piece, 0, piece.length, 0)) filled += sent;
      transport.setWriteBufferLimits(0);
      for (const each of ends.protocols) each.answer = (own) => own.write(Buffer.from('kept'));
      await stir(ends);
      expect(transport.getWriteBufferSize()).toBe(4);
      expect(protocol.trace.filter((call) => call.includes('pause'))).toHaveLength(1);
      let text = '';
      while (text.length < filled + 4) {
        text += received(ends.far[0] as Socket);
        await sleep(0);
      }
      expect(text.slice(filled)).toBe('kept');
      while (transport.getWriteBufferSize() > 0) await sleep(0);
    });
  });

  it('TR-019 lose the connection whose peer is gone, and no other', async () => {
    await withConnections(async (ends) => {
      const [first, ...others] = ends.protocols as [Answering, ...Answering[]];
      first.answer = (transport) => {
        ends.far[0]?.close();
        transport.write(Buffer.from('into the void'));
      };
      for (const protocol of others) protocol.answer = (own) => own.write(Buffer.from('fine'));
      await stir(ends);
      await first.lost;
      expect(ends.far.slice(1).map(received)).toEqual(['fine', 'fine']);
      expect(ends.transports.map((transport) => transport.isClosing())).toEqual([
        true,
        false,
        false,
      ]);
    });
  });
});
