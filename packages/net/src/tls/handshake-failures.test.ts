import type { EventLoop, ExceptionContext } from '@loop/core';
import { AF_INET, type ServeOptions, SOCK_STREAM, Socket, TLSVersion } from '@loop/net';
import { describe, expect, it } from 'vitest';
import { collectReports } from '../../test/collect-reports.ts';
import { errorOf } from '../../test/error-of.ts';
import { portOf } from '../../test/in-loop.ts';
import { Recorder } from '../../test/recorder.ts';
import {
  certificates,
  clientContext,
  inTlsLoop,
  serverContext,
  tlsLoops,
} from '../../test/tls-loops.ts';

const authority = certificates();
const server = serverContext(authority.localhost);

const demanding = serverContext(authority.localhost);
demanding.minimumVersion = TLSVersion.TLSv1_3;
const outdated = clientContext(authority);
outdated.maximumVersion = TLSVersion.TLSv1_2;

/** What a server is made with, and a peer that it cannot come to terms with. */
const failures: ReadonlyArray<
  readonly [options: ServeOptions, peer: (loop: EventLoop, port: number) => Promise<unknown>]
> = [
  [{ ssl: server }, (loop, port) => saying(loop, port, 'GET / HTTP/1.1\r\n\r\n')],
  [
    { ssl: server },
    async (loop, port) => {
      const socket = new Socket(AF_INET, SOCK_STREAM);
      await loop.sockConnect(socket, ['127.0.0.1', port]);
      socket.close();
    },
  ],
  [{ ssl: server, sslHandshakeTimeout: 0.01 }, (loop, port) => saying(loop, port, '')],
  [
    { ssl: demanding },
    (loop, port) =>
      errorOf(
        loop.createConnection(() => new Recorder(loop), '127.0.0.1', port, {
          ssl: outdated,
          serverHostname: 'localhost',
        }),
      ),
  ],
];

/** Sends something that is no TLS, and waits for the end. */
async function saying(loop: EventLoop, port: number, text: string): Promise<void> {
  const socket = new Socket(AF_INET, SOCK_STREAM);
  await loop.sockConnect(socket, ['127.0.0.1', port]);
  await loop.sockSendall(socket, Buffer.from(text));
  try {
    while ((await loop.sockRecv(socket, 1000)).length > 0);
  } catch {
    // A reset is an end, too.
  }
  socket.close();
}

/** Lets each of them fail; gives what the loop was told, and what the protocols were. */
async function failAll(
  loop: EventLoop,
): Promise<{ reports: ExceptionContext[]; traces: string[][] }> {
  const reports = collectReports(loop);
  const traces: string[][] = [];
  for (const [options, peer] of failures) {
    const protocol = new Recorder(loop);
    const accepted = loop.createFuture<void>();
    const factory = (): Recorder => {
      accepted.setResult();
      return protocol;
    };
    const listening = await loop.createServer(factory, '127.0.0.1', 0, options);
    await peer(loop, portOf(listening));
    await accepted;
    listening.close();
    await listening.waitClosed();
    traces.push(protocol.trace);
  }
  return { reports, traces };
}

describe.each(tlsLoops)('handshakes that fail at a server, by %s', (_, makeLoop) => {
  it('TLS-002 TLS-005 TLS-007 are not reported: peers fail', () =>
    inTlsLoop(makeLoop, async (loop) => {
      expect(await failAll(loop)).toEqual({ reports: [], traces: failures.map(() => []) });
    }));

  it('TLS-002 are reported in debug mode, with the error', () =>
    inTlsLoop(makeLoop, async (loop) => {
      loop.setDebug(true);
      const { reports, traces } = await failAll(loop);
      expect(traces).toEqual(failures.map(() => []));
      const message = 'Error on transport creation for incoming connection';
      expect(reports.map((report) => report.message)).toEqual(failures.map(() => message));
      const codes = reports.map(({ exception }) => (exception as { code?: string }).code);
      expect(codes).toEqual([
        expect.stringMatching(/HTTP_REQUEST|WRONG_VERSION_NUMBER/),
        'ECONNRESET',
        'ECONNABORTED',
        'UNSUPPORTED_PROTOCOL',
      ]);
    }));
});
