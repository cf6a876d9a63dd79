import { once } from 'node:events';
import { connect as connectPlain, type Socket as NodeSocket } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import type { EventLoop } from '@loop/core';
import { type Server, SSLError, type TlsTransport, type Transport } from '@loop/net';
import { describe, expect, it } from 'vitest';
import { textOf } from '../../test/certificates.ts';
import { collectReports } from '../../test/collect-reports.ts';
import { errorOf } from '../../test/error-of.ts';
import { portOf } from '../../test/in-loop.ts';
import { Recorder } from '../../test/recorder.ts';
import { certificates, inTlsLoop, serverContext, tlsLoops } from '../../test/tls-loops.ts';

const authority = certificates();
const server = serverContext(authority.localhost);

/** A peer that our end has upgraded with; it does with its goodbye what a test wants. */
interface Peer {
  readonly raw: NodeSocket;
  readonly tls: TLSSocket;
  readonly near: Recorder;
  /** What was upgraded. */
  readonly plain: Transport;
  readonly listening: Server;
}

async function upgraded(loop: EventLoop, sslShutdownTimeout?: number): Promise<Peer> {
  const near = new Recorder(loop);
  const listening = await loop.createServer(() => near, '127.0.0.1', 0);
  const raw = connectPlain({ port: portOf(listening), host: '127.0.0.1', allowHalfOpen: true });
  raw.on('error', () => {});
  await once(raw, 'connect');
  const plain = await near.made;
  const tls = connectTls({ socket: raw, ca: textOf(authority.cafile), servername: 'localhost' });
  tls.on('error', () => {});
  const secured = once(tls, 'secureConnect');
  const options = sslShutdownTimeout === undefined ? {} : { sslShutdownTimeout };
  const transport = await loop.startTls(plain, near, server, {
    serverSide: true,
    ...options,
  });
  near.transport = transport!;
  await secured;
  return { raw, tls, near, plain, listening };
}

const unwrap = (near: Recorder): PromiseLike<unknown> => (near.transport as TlsTransport).unwrap();

describe.each(tlsLoops)('unwrap() by %s, with a peer that', (_, makeLoop) => {
  it('says nothing: ends by the timeout of the shutdown', () =>
    inTlsLoop(makeLoop, async (loop) => {
      const reports = collectReports(loop);
      const { raw, tls, near, listening } = await upgraded(loop, 0.02);
      tls.pause();
      const error = await errorOf(unwrap(near));
      expect(error).toMatchObject({ name: 'TimeoutError', message: 'SSL shutdown timed out' });
      expect(await near.lost).toBe(error);
      expect(near.transport.isClosing()).toBe(true);
      raw.destroy();
      await end(listening, reports);
    }));

  it('closes without a goodbye: gives the transport, which brings the end', () =>
    inTlsLoop(makeLoop, async (loop) => {
      const reports = collectReports(loop);
      const { raw, tls, near, plain, listening } = await upgraded(loop);
      tls.pause();
      const call = unwrap(near);
      raw.end();
      expect(await call).toBe(plain);
      expect(await near.lost).toBe(null);
      expect(near.trace).toEqual(['made', 'eof', 'lost']);
      raw.destroy();
      await end(listening, reports);
    }));

  it('resets the connection: fails by it', () =>
    inTlsLoop(makeLoop, async (loop) => {
      const reports = collectReports(loop);
      const { raw, tls, near, listening } = await upgraded(loop);
      tls.pause();
      const call = unwrap(near);
      raw.resetAndDestroy();
      const error = await errorOf(call);
      expect(error).toMatchObject({ name: 'OSError', code: 'ECONNRESET' });
      expect(await near.lost).toBe(error);
      await end(listening, reports);
    }));

  it.each([
    ['text', Buffer.from('GET / HTTP/1.1\r\n\r\n')],
    ['a record of no type', Buffer.of(99, 3, 3, 0, 1, 0)],
    ['a record that is too long', Buffer.of(23, 3, 3, 255, 255, 0)],
    ['a record that nobody has encrypted', Buffer.of(23, 3, 3, 0, 32, ...Buffer.alloc(32, 7))],
  ])('sends garbage, %s: fails by it', (_kind, garbage) =>
    inTlsLoop(makeLoop, async (loop) => {
      const reports = collectReports(loop);
      const { raw, tls, near, listening } = await upgraded(loop);
      tls.pause();
      const call = unwrap(near);
      raw.write(garbage);
      const error = await errorOf(call);
      expect(error).toBeInstanceOf(SSLError);
      expect((error as SSLError).reason).toMatch(/^[A-Z_0-9]+$/);
      expect(await near.lost).toBe(error);
      expect(near.size).toBe(0);
      raw.destroy();
      await end(listening, reports);
    }),
  );
});

/** Everything is closed, and nobody has complained. */
async function end(listening: Server, reports: readonly unknown[]): Promise<void> {
  listening.close();
  await listening.waitClosed();
  expect(reports).toEqual([]);
}
