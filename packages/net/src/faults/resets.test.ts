import { type EventLoop, sleep } from '@loop/core';
import {
  AF_INET,
  SHUT_WR,
  SO_LINGER,
  Socket,
  SOCK_STREAM,
  SOL_SOCKET,
  type Transport,
} from '@loop/net';
import { describe, expect, it } from 'vitest';
import { collectReports } from '../../test/collect-reports.ts';
import { inLoop, portOf } from '../../test/in-loop.ts';
import { openSockets } from '../../test/open-sockets.ts';
import { Recorder } from '../../test/recorder.ts';
import { backends } from '../../test/backends.ts';

interface Scene {
  readonly loop: EventLoop;
  readonly transport: Transport;
  readonly protocol: Recorder;
  readonly peer: Socket;
}

/** Closes so that the other side is reset, whatever is on its way. */
function reset(socket: Socket): void {
  const linger = Buffer.alloc(8);
  linger.writeInt32LE(1, 0);
  socket.setsockopt(SOL_SOCKET, SO_LINGER, linger);
  socket.close();
}

const untilPaused = async ({ transport, protocol }: Scene): Promise<void> => {
  const chunk = Buffer.alloc(1 << 20);
  while (!protocol.trace.includes('pause')) transport.write(chunk);
};

/** What has happened before the peer resets the connection, and what happens afterwards. */
const states: Record<
  string,
  { before: (scene: Scene) => Promise<void> | void; after?: (scene: Scene) => void }
> = {
  idle: { before: () => {} },
  'with data unread': { before: ({ peer }) => void peer.send(Buffer.from('x')) },
  'while reading is paused, then resumed': {
    before: ({ transport }) => transport.pauseReading(),
    after: ({ transport }) => transport.resumeReading(),
  },
  'while reading is paused, then written to': {
    before: ({ transport }) => transport.pauseReading(),
    after: ({ transport }) => {
      transport.write(Buffer.from('1'));
      transport.write(Buffer.from('2'));
    },
  },
  'while writing is paused': { before: untilPaused },
  'while writing is paused and reading too': {
    before: async (scene) => {
      scene.transport.pauseReading();
      await untilPaused(scene);
    },
  },
  'while it closes and flushes': {
    before: async (scene) => {
      await untilPaused(scene);
      scene.transport.close();
    },
  },
  'after writeEof()': { before: ({ transport }) => transport.writeEof() },
  'while writeEof() waits for the buffer': {
    before: async (scene) => {
      await untilPaused(scene);
      scene.transport.writeEof();
    },
  },
  'after its own end': {
    before: async ({ protocol, peer }) => {
      protocol.keepOpen = true;
      peer.shutdown(SHUT_WR);
      await protocol.ended;
    },
    after: ({ transport }) => {
      transport.write(Buffer.from('1'));
      transport.write(Buffer.from('2'));
    },
  },
};

describe.each(backends)('a peer that resets the connection, with %s', (_, makeLoop) => {
  it.each(Object.keys(states))('%s: lost once, and nothing is left', async (name) => {
    const { before, after } = states[name]!;
    const sockets = openSockets();
    await inLoop(makeLoop, async (loop) => {
      const reports = collectReports(loop);
      const accepted = loop.createFuture<Recorder>();
      const make = (): Recorder => {
        const protocol = new Recorder();
        accepted.setResult(protocol);
        return protocol;
      };
      await using server = await loop.createServer(make, '127.0.0.1', 0);
      const peer = new Socket(AF_INET, SOCK_STREAM);
      await loop.sockConnect(peer, ['127.0.0.1', portOf(server)]);
      const protocol = await accepted;
      const transport = await protocol.made;
      const scene = { loop, transport, protocol, peer };
      await before(scene);
      reset(peer);
      if (after !== undefined) {
        for (let count = 0; count < 3; count += 1) await sleep(0);
        after(scene);
      }
      const error = (await protocol.lost) as { code?: string } | null;
      expect(['ECONNRESET', 'EPIPE', undefined]).toContain(error?.code);
      await sleep(0);
      expect(protocol.trace.filter((entry) => entry.startsWith('lost'))).toHaveLength(1);
      expect(protocol.trace.at(-1)).toMatch(/^lost/);
      expect([transport.isClosing(), transport.getWriteBufferSize()]).toEqual([true, 0]);
      expect(reports).toEqual([]);
    });
    expect(openSockets()).toEqual(sockets);
  });

  it('before it was accepted: the server goes on', async () => {
    const sockets = openSockets();
    await inLoop(makeLoop, async (loop) => {
      const reports = collectReports(loop);
      const protocols: Recorder[] = [];
      const make = (): Recorder => {
        protocols.push(new Recorder());
        return protocols.at(-1)!;
      };
      await using server = await loop.createServer(make, '127.0.0.1', 0);
      for (let count = 0; count < 5; count += 1) {
        const peer = new Socket(AF_INET, SOCK_STREAM);
        await loop.sockConnect(peer, ['127.0.0.1', portOf(server)]);
        reset(peer);
      }
      const [transport, client] = await loop.createConnection(
        () => new Recorder(),
        '127.0.0.1',
        portOf(server),
      );
      client.transport.write(Buffer.from('x'));
      while (!protocols.some(({ size }) => size > 0)) await sleep(0);
      transport.abort();
      for (const protocol of protocols) await protocol.lost;
      expect(reports).toEqual([]);
    });
    expect(openSockets()).toEqual(sockets);
  });
});
