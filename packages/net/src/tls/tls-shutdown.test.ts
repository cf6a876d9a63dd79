import { once } from 'node:events';
import { connect as connectPlain, type Socket as NodeSocket } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import type { EventLoop } from '@loop/core';
import type { Server } from '@loop/net';
import { describe, expect, it, vi } from 'vitest';
import { textOf } from '../../test/certificates.ts';
import { collectReports } from '../../test/collect-reports.ts';
import { closePair, connectPair } from '../../test/connected-pair.ts';
import { portOf } from '../../test/in-loop.ts';
import { Recorder } from '../../test/recorder.ts';
import {
  certificates,
  clientContext,
  inTlsLoop,
  serverContext,
  tlsLoops,
} from '../../test/tls-loops.ts';
import { turns } from '../../test/turns.ts';
import { SSLError } from './ssl-error.ts';

const authority = certificates();
const server = serverContext(authority.localhost);
const client = clientContext(authority);
const both = { server: { ssl: server }, client: { ssl: client } };

/** A client of Node's, which can do what ours does not: half-close, drop, send rubbish. */
interface Foreigner {
  readonly raw: NodeSocket;
  readonly tls: TLSSocket;
  readonly far: Recorder;
  readonly listening: Server;
}

async function foreigner(loop: EventLoop, far = new Recorder(loop)): Promise<Foreigner> {
  const listening = await loop.createServer(() => far, '127.0.0.1', 0, { ssl: server });
  const raw = connectPlain({ port: portOf(listening), host: '127.0.0.1', allowHalfOpen: true });
  await once(raw, 'connect');
  const tls = connectTls({ socket: raw, ca: textOf(authority.cafile), servername: 'localhost' });
  tls.on('error', () => {});
  raw.on('error', () => {});
  await once(tls, 'secureConnect');
  await far.made;
  return { raw, tls, far, listening };
}

describe.each(tlsLoops)('the end of TLS by %s', (_, makeLoop) => {
  it('TLS-023 sends all that was written before it closes, and says goodbye', () =>
    inTlsLoop(makeLoop, async (loop) => {
      const pair = await connectPair(loop, both);
      const { near, far } = pair;
      const size = 5 * 1024 * 1024;
      near.transport.write(Buffer.alloc(size));
      near.transport.close();
      expect(near.transport.isClosing()).toBe(true);
      expect(await near.lost).toBe(null);
      await far.lost;
      expect(far.size).toBe(size);
      expect(far.trace.slice(-2)).toEqual(['eof', 'lost']);
      pair.server.close();
    }));

  it('TLS-024 gives up on a peer that does not say goodbye', () =>
    inTlsLoop(makeLoop, async (loop) => {
      const reports = collectReports(loop);
      const pair = await connectPair(loop, {
        server: { ssl: server },
        client: { ssl: client, sslShutdownTimeout: 0.02 },
      });
      const { near, far } = pair;
      far.transport.pauseReading();
      near.transport.close();
      const error = await near.lost;
      expect(error).toMatchObject({ name: 'TimeoutError', message: 'SSL shutdown timed out' });
      expect(reports).toEqual([]);
      far.transport.abort();
      await far.lost;
      pair.server.close();
    }));

  it('TLS-024 gives up on a peer that does not take what is to be sent first', () =>
    inTlsLoop(makeLoop, async (loop) => {
      const pair = await connectPair(loop, {
        server: { ssl: server },
        client: { ssl: client, sslShutdownTimeout: 0.02 },
      });
      const { near, far } = pair;
      far.transport.pauseReading();
      near.transport.write(Buffer.alloc(32 * 1024 * 1024));
      near.transport.close();
      expect((await near.lost)?.message).toBe('SSL shutdown timed out');
      far.transport.abort();
      await far.lost;
      pair.server.close();
    }));

  it('TLS-025 answers the goodbye of the peer after its own last bytes', () =>
    inTlsLoop(makeLoop, async (loop) => {
      const { tls, far, listening } = await foreigner(loop);
      const size = 3 * 1024 * 1024;
      let count = 0;
      tls.on('data', (data: Buffer) => {
        count += data.length;
      });
      far.transport.write(Buffer.alloc(size));
      tls.end('last');
      expect(await far.lost).toBe(null);
      if (!tls.readableEnded) await once(tls, 'end');
      expect(count).toBe(size);
      expect(far.received.toString()).toBe('last');
      expect(far.trace.filter((event) => !/pause|resume/.test(event))).toEqual([
        'made',
        'data',
        'eof',
        'lost',
      ]);
      listening.close();
    }));

  it('TLS-026 takes the end of the connection for an end, too', () =>
    inTlsLoop(makeLoop, async (loop) => {
      const { raw, tls, far, listening } = await foreigner(loop);
      await new Promise((resolve) => void tls.write('last', resolve));
      raw.end();
      expect(await far.lost).toBe(null);
      expect(far.received.toString()).toBe('last');
      expect(far.trace).toEqual(['made', 'data', 'eof', 'lost']);
      tls.destroy();
      listening.close();
    }));

  it.each(['a goodbye', 'the end of the connection'])(
    'TLS-027 keeps data and %s back while reading is paused',
    (kind) =>
      inTlsLoop(makeLoop, async (loop) => {
        const { raw, tls, far, listening } = await foreigner(loop);
        far.transport.pauseReading();
        await new Promise((resolve) => void tls.write(Buffer.alloc(50_000), resolve));
        if (kind === 'a goodbye') tls.end();
        else raw.end();
        await turns();
        expect(far.trace).toEqual(['made']);
        far.transport.resumeReading();
        expect(far.size).toBe(0);
        expect(await far.lost).toBe(null);
        expect(far.size).toBe(50_000);
        expect(far.trace.slice(-2)).toEqual(['eof', 'lost']);
        tls.destroy();
        listening.close();
      }),
  );

  it('TLS-028 is lost by a reset, without an end', () =>
    inTlsLoop(makeLoop, async (loop) => {
      const { raw, far, listening } = await foreigner(loop);
      raw.resetAndDestroy();
      expect(await far.lost).toMatchObject({ code: 'ECONNRESET' });
      expect(far.trace).toEqual(['made', 'lost ECONNRESET']);
      listening.close();
    }));

  it('TLS-028 is lost by a record that is no TLS, after what came before', () =>
    inTlsLoop(makeLoop, async (loop) => {
      const reports = collectReports(loop);
      const { raw, tls, far, listening } = await foreigner(loop);
      await new Promise((resolve) => void tls.write('good', resolve));
      raw.write(Buffer.concat([Buffer.from([0x17, 3, 3, 0, 32]), Buffer.alloc(32, 7)]));
      const error = await far.lost;
      expect(error).toBeInstanceOf(SSLError);
      expect((error as SSLError).reason).toMatch(
        /BAD_RECORD_MAC|DECRYPTION_FAILED|RECORD_LAYER_FAILURE/,
      );
      expect(far.received.toString()).toBe('good');
      expect(far.trace).not.toContain('eof');
      expect(reports).toEqual([]);
      tls.destroy();
      listening.close();
    }));

  it('TLS-029 drops what arrives after it has been closed', () =>
    inTlsLoop(makeLoop, async (loop) => {
      const { tls, far, listening } = await foreigner(loop);
      tls.on('end', () => tls.end('too late'));
      tls.resume();
      far.transport.close();
      expect(await far.lost).toBe(null);
      expect(far.trace).toEqual(['made', 'lost']);
      listening.close();
    }));

  it('TLS-030 abort drops the connection without a goodbye', () =>
    inTlsLoop(makeLoop, async (loop) => {
      const pair = await connectPair(loop, both);
      const { near, far } = pair;
      near.transport.write(Buffer.alloc(32 * 1024 * 1024));
      near.transport.abort();
      expect(near.transport.isClosing()).toBe(true);
      expect(await near.lost).toBe(null);
      await far.lost;
      expect(far.size).toBeLessThan(32 * 1024 * 1024);
      pair.server.close();
    }));

  it('TLS-031 TLS-032 drops what is written after close, and says so in the end', () =>
    inTlsLoop(makeLoop, async (loop) => {
      const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
      const pair = await connectPair(loop, both);
      const { near, far } = pair;
      near.transport.write(Buffer.from('first'));
      near.transport.close();
      near.transport.close();
      for (let count = 0; count < 6; count += 1) near.transport.write(Buffer.from('dropped'));
      await near.lost;
      near.transport.close();
      near.transport.abort();
      near.transport.write(Buffer.from('dropped'));
      await far.lost;
      expect(far.received.toString()).toBe('first');
      expect(near.trace).toEqual(['made', 'lost']);
      expect(warn.mock.calls).toContainEqual(['SSL connection is closed']);
      warn.mockRestore();
      pair.server.close();
    }));

  it('closes both ends at the same time', () =>
    inTlsLoop(makeLoop, async (loop) => {
      const pair = await connectPair(loop, both);
      pair.far.transport.close();
      await closePair(pair);
      expect(pair.near.trace.at(-1)).toBe('lost');
      expect(pair.far.trace.at(-1)).toBe('lost');
    }));

  it('may close in connectionMade, dataReceived and eofReceived', () =>
    inTlsLoop(makeLoop, async (loop) => {
      for (const method of ['connectionMade', 'dataReceived', 'eofReceived'] as const) {
        const far = new Recorder(loop);
        const call: (argument: never) => unknown = far[method].bind(far);
        far[method] = ((argument: never) => {
          call(argument);
          far.transport.close();
        }) as never;
        const pair = await connectPair(loop, { ...both, far });
        pair.near.transport.write(Buffer.from('x'));
        if (method === 'eofReceived') pair.near.transport.close();
        expect(await far.lost).toBe(null);
        await pair.near.lost;
        pair.server.close();
      }
    }));

  it('frees what is open when the loop is closed', async () => {
    const loop = makeLoop();
    const pair = await loop.runUntilComplete(() => connectPair(loop, both));
    pair.near.transport.write(Buffer.from('x'));
    loop.close();
    expect(pair.near.trace).toEqual(['made']);
    await new Promise((resolve) => setImmediate(resolve));
  });
});
