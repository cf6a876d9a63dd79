import { type EventLoop, gather, sleep } from '@loop/core';
import type { Server, TlsTransport, Transport } from '@loop/net';
import { describe, expect, it } from 'vitest';
import { closePair, connectPair } from '../../test/connected-pair.ts';
import { errorOf } from '../../test/error-of.ts';
import { Recorder } from '../../test/recorder.ts';
import {
  certificates,
  clientContext,
  inTlsLoop,
  serverContext,
  tlsLoops,
} from '../../test/tls-loops.ts';
import { SSLCertVerificationError, SSLError } from './ssl-error.ts';

const authority = certificates();
const server = serverContext(authority.localhost);
const client = clientContext(authority);

/** Upgrades both ends; they write to their new transports from then on. */
async function upgrade(loop: EventLoop, near: Recorder, far: Recorder): Promise<void> {
  const [nearTransport, farTransport] = await gather(
    loop.startTls(near.transport, near, client, { serverHostname: 'localhost' }),
    loop.startTls(far.transport, far, server, { serverSide: true }),
  );
  near.transport = nearTransport!;
  far.transport = farTransport!;
}

describe.each(tlsLoops)('startTls by %s', (_, makeLoop) => {
  it('TLS-033 TLS-034 TLS-036 upgrades both ends of a live connection', () =>
    inTlsLoop(makeLoop, async (loop) => {
      const pair = await connectPair(loop);
      const { near, far } = pair;
      const plain = near.transport;
      near.transport.write(Buffer.from('in plain'));
      await far.bytes(8);
      await upgrade(loop, near, far);
      expect(near.transport).not.toBe(plain);
      expect(near.transport.getProtocol()).toBe(near);
      expect(plain.getProtocol()).not.toBe(near);
      expect(near.transport.getExtraInfo('cipher')).toEqual(far.transport.getExtraInfo('cipher'));
      expect(near.transport.getExtraInfo('peername')).toEqual(plain.getExtraInfo('peername'));
      near.transport.write(Buffer.from(' and not'));
      expect((await far.bytes(16)).toString()).toBe('in plain and not');
      far.transport.write(Buffer.alloc(300_000, 'x'));
      expect((await near.bytes(300_000)).equals(Buffer.alloc(300_000, 'x'))).toBe(true);
      await closePair(pair);
      expect(near.trace.filter((event) => event !== 'data')).toEqual(['made', 'lost']);
      expect(far.trace.filter((event) => event !== 'data')).toEqual(['made', 'eof', 'lost']);
      expect(plain.isClosing()).toBe(true);
    }));

  it('TLS-037 sends in the clear what was written before, and delivers no byte of the handshake', () =>
    inTlsLoop(makeLoop, async (loop) => {
      const far = new StartsTls(loop, '');
      const pair = await connectPair(loop, { far });
      const { near } = pair;
      const greeting = Buffer.alloc(3_000_000, 'g');
      near.transport.write(Buffer.concat([greeting, Buffer.from('STARTTLS\r\n')]));
      const transport = await loop.startTls(near.transport, near, client, {
        serverHostname: 'localhost',
      });
      near.transport = transport!;
      await far.upgraded;
      expect(far.size).toBe(greeting.length + 10);
      near.transport.write(Buffer.from('secret'));
      await far.bytes(greeting.length + 16);
      expect(far.received.subarray(-6).toString()).toBe('secret');
      await closePair(pair);
    }));

  it('TLS-037 begins with the bytes that came behind the request, in order', () =>
    inTlsLoop(makeLoop, async (loop) => {
      // The client asks for TLS and begins it in one go, and the server gets both in one piece.
      const far = new StartsTls(loop, '220 go\r\n');
      const relay = await relayTo(loop, far, 'STARTTLS\r\n');
      const near = new Recorder(loop);
      const [transport] = await loop.createConnection(() => near, '127.0.0.1', relay.port, {
        ssl: client,
        serverHostname: 'localhost',
      });
      await far.upgraded;
      transport.write(Buffer.from('hello'));
      await far.bytes('STARTTLS\r\nhello'.length);
      expect(far.received.toString()).toBe('STARTTLS\r\nhello');
      transport.close();
      await near.lost;
      await relay.close();
    }));

  it.each(['in the segment of the request', 'after the call'])(
    'TLS-037 never takes for TLS what somebody has slipped in in plain, %s',
    (when) =>
      inTlsLoop(makeLoop, async (loop) => {
        const far = new StartsTls(loop, '');
        const pair = await connectPair(loop, { far });
        const { near } = pair;
        const injected = Buffer.from('RSET\r\nMAIL FROM:<attacker@example.org>\r\n');
        if (when === 'after the call') {
          near.transport.write(Buffer.from('STARTTLS\r\n'));
          await far.bytes(10);
          near.transport.write(injected);
        } else near.transport.write(Buffer.concat([Buffer.from('STARTTLS\r\n'), injected]));
        const error = await errorOf(far.upgraded);
        expect(error).toBeInstanceOf(SSLError);
        expect(await far.lost).toBe(error);
        expect(far.received.toString()).toBe('STARTTLS\r\n');
        await near.lost;
        pair.server.close();
      }),
  );

  it('TLS-038 refuses what is no context or no stream, and leaves the transport alone', () =>
    inTlsLoop(makeLoop, async (loop) => {
      const pair = await connectPair(loop);
      const { near, far } = pair;
      const given: ReadonlyArray<readonly [args: readonly unknown[], message: string]> = [
        [
          [near.transport, near, true],
          'sslcontext is expected to be an instance of ssl.SSLContext',
        ],
        [
          [near.transport, near, null],
          'sslcontext is expected to be an instance of ssl.SSLContext',
        ],
        [[{}, near, client], 'transport {} is not supported by start_tls()'],
        [[near.transport, null, client], 'Expected protocol to be a protocol, got null'],
        [[near.transport, near, client, { hostname: '' }], 'startTls() has no option "hostname"'],
        [
          [near.transport, near, client, { serverHostname: '', received: 'x' }],
          'Expected received',
        ],
        [[near.transport, near, client], 'check_hostname requires server_hostname'],
        [[near.transport, near, server], 'Cannot create a client socket'],
        [[near.transport, near, client, { serverSide: true }], 'Cannot create a server socket'],
        [
          [near.transport, near, client, { serverHostname: '', sslHandshakeTimeout: 0 }],
          'ssl_handshake_timeout should be a positive number, got 0',
        ],
      ];
      for (const [args, message] of given) {
        const call = loop.startTls(...(args as Parameters<EventLoop['startTls']>));
        expect((await errorOf(call)).message).toContain(message);
      }
      near.transport.write(Buffer.from('still in plain'));
      expect((await far.bytes(14)).toString()).toBe('still in plain');
      await closePair(pair);
    }));

  it('TLS-035 gives nothing for a transport that is closing or lost', () =>
    inTlsLoop(makeLoop, async (loop) => {
      const pair = await connectPair(loop);
      const { near } = pair;
      const start = (): PromiseLike<Transport | null> =>
        loop.startTls(near.transport, near, client, { serverHostname: '' });
      near.transport.close();
      expect(await start()).toBe(null);
      await near.lost;
      expect(await start()).toBe(null);
      expect(near.trace).toEqual(['made', 'lost']);
      pair.server.close();
    }));

  it('TLS-039 TLS-003 closes after a failure, which the protocol is lost by', () =>
    inTlsLoop(makeLoop, async (loop) => {
      const pair = await connectPair(loop);
      const { near, far } = pair;
      const farCall = loop.startTls(far.transport, far, server, { serverSide: true });
      const distrusts = clientContext(authority);
      const error = await errorOf(
        loop.startTls(near.transport, near, distrusts, { serverHostname: 'example.org' }),
      );
      expect(error).toBeInstanceOf(SSLCertVerificationError);
      expect(await near.lost).toBe(error);
      await farCall.then(
        () => null,
        () => null,
      );
      await far.lost;
      expect(near.trace).toEqual(['made', 'lost CERTIFICATE_VERIFY_FAILED']);
      expect(far.trace.filter((event) => event.startsWith('lost'))).toHaveLength(1);
      pair.server.close();
    }));

  it('TLS-039 TLS-006 gives up on a peer that does not answer', () =>
    inTlsLoop(makeLoop, async (loop) => {
      const pair = await connectPair(loop);
      const { near, far } = pair;
      const error = await errorOf(
        loop.startTls(near.transport, near, client, {
          serverHostname: 'localhost',
          sslHandshakeTimeout: 0.01,
        }),
      );
      expect(error).toMatchObject({
        code: 'ECONNABORTED',
        message: 'SSL handshake is taking longer than 0.01 seconds: aborting the connection',
      });
      expect(await near.lost).toBe(error);
      await far.lost;
      pair.server.close();
    }));

  it('TLS-039 closes when it is cancelled', () =>
    inTlsLoop(makeLoop, async (loop) => {
      const pair = await connectPair(loop);
      const { near, far } = pair;
      const call = loop.startTls(near.transport, near, client, { serverHostname: 'localhost' });
      await far.bytes(5);
      call.cancel();
      expect((await errorOf(call)).name).toBe('CancelledError');
      expect(await near.lost).toBe(null);
      await far.lost;
      expect(near.trace).toEqual(['made', 'lost']);
      pair.server.close();
    }));

  it('TLS-040 lays TLS over TLS, and closes both', () =>
    inTlsLoop(makeLoop, async (loop) => {
      const pair = await connectPair(loop, {
        server: { ssl: server },
        client: { ssl: client, serverHostname: 'localhost' },
      });
      const { near, far } = pair;
      const outer = near.transport;
      await upgrade(loop, near, far);
      near.transport.write(Buffer.alloc(200_000, 'i'));
      await far.bytes(200_000);
      far.transport.write(Buffer.from('answer'));
      expect((await near.bytes(6)).toString()).toBe('answer');
      await closePair(pair);
      expect(outer.isClosing()).toBe(true);
      expect(near.trace.filter((event) => event !== 'data')).toEqual(['made', 'lost']);
    }));

  it('TLS-040 loses what is above a transport that is closed', () =>
    inTlsLoop(makeLoop, async (loop) => {
      const pair = await connectPair(loop);
      const { near, far } = pair;
      const plain = near.transport;
      await upgrade(loop, near, far);
      plain.close();
      expect(await near.lost).toBe(null);
      await far.lost;
      expect(near.transport.isClosing()).toBe(true);
      pair.server.close();
    }));

  it('unwraps on both sides, and goes on in plain with what follows', () =>
    inTlsLoop(makeLoop, async (loop) => {
      const pair = await connectPair(loop);
      const { near, far } = pair;
      const plain = near.transport;
      await upgrade(loop, near, far);
      near.transport.write(Buffer.from('1'));
      await far.bytes(1);
      const nearCall = (near.transport as TlsTransport).unwrap();
      const farCall = (far.transport as TlsTransport).unwrap();
      near.transport = (await nearCall)!;
      // In the segment of the goodbye, perhaps.
      near.transport.write(Buffer.from('2'));
      far.transport = (await farCall)!;
      expect(near.transport).toBe(plain);
      expect(near.transport.getExtraInfo('sslcontext')).toBe(undefined);
      far.transport.write(Buffer.from('3'));
      expect((await far.bytes(2)).toString()).toBe('12');
      expect((await near.bytes(1)).toString()).toBe('3');
      // And once more.
      await upgrade(loop, near, far);
      near.transport.write(Buffer.from('4'));
      expect((await far.bytes(3)).toString()).toBe('124');
      await closePair(pair);
      expect(near.trace.filter((event) => event !== 'data')).toEqual(['made', 'lost']);
    }));

  it('does not unwrap a connection that has been TLS from the start', () =>
    inTlsLoop(makeLoop, async (loop) => {
      const pair = await connectPair(loop, {
        server: { ssl: server },
        client: { ssl: client, serverHostname: 'localhost' },
      });
      const error = await errorOf((pair.near.transport as TlsTransport).unwrap());
      expect(error.message).toBe('Only a transport that startTls() has made can be unwrapped');
      await closePair(pair);
    }));
});

/** A server that starts TLS when it is asked to, as mail servers do. */
class StartsTls extends Recorder {
  readonly upgraded: PromiseLike<Transport>;
  readonly #answer: string;
  readonly #loop: EventLoop;
  #resolve!: (transport: Transport) => void;
  #reject!: (error: unknown) => void;
  #asked = false;

  constructor(loop: EventLoop, answer: string) {
    super(loop);
    this.#loop = loop;
    this.#answer = answer;
    this.upgraded = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  override dataReceived(data: Buffer): void {
    const end = this.#asked ? -1 : data.indexOf('STARTTLS\r\n');
    if (end < 0) {
      super.dataReceived(data);
      return;
    }
    this.#asked = true;
    const rest = data.subarray(end + 10);
    super.dataReceived(data.subarray(0, end + 10));
    if (this.#answer !== '') this.transport.write(Buffer.from(this.#answer));
    const call = this.#loop.startTls(this.transport, this, server, {
      serverSide: true,
      received: rest,
    });
    call.addDoneCallback(() => {
      const error = call.cancelled() ? new Error('cancelled') : call.exception();
      if (error === null) {
        this.transport = call.result()!;
        this.#resolve(this.transport);
      } else this.#reject(error);
    });
  }
}

/**
 * Stands between a client and `far`: puts `prefix` in front of the first bytes of the client, in one
 * piece, and takes as many lines of the server's as it has sent in plain away.
 */
async function relayTo(
  loop: EventLoop,
  far: StartsTls,
  prefix: string,
): Promise<{ port: number; close(): Promise<void> }> {
  const servers: Server[] = [];
  const { near, server: farServer } = await connectPair(loop, { far });
  servers.push(farServer);
  const client = new Recorder(loop);
  const server = await loop.createServer(() => client, '127.0.0.1', 0);
  servers.push(server);
  let sent = false;
  client.dataReceived = (data) => {
    near.transport.write(sent ? data : Buffer.concat([Buffer.from(prefix), data]));
    sent = true;
  };
  let line = '';
  near.dataReceived = (data) => {
    if (line.endsWith('\r\n')) {
      client.transport.write(data);
      return;
    }
    const end = data.indexOf('\r\n') + 2;
    line += data.subarray(0, end).toString();
    if (end < data.length) client.transport.write(data.subarray(end));
  };
  near.connectionLost = () => client.transport.close();
  client.connectionLost = () => near.transport.close();
  await sleep(0);
  return {
    port: (server.sockets[0]!.getsockname() as [string, number])[1],
    close: async () => {
      for (const each of servers) {
        each.close();
        await each.waitClosed();
      }
    },
  };
}
