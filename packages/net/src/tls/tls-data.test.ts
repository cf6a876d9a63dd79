import { SSLContext, type SSLInfo, type TlsTransport } from '@loop/net';
import { describe, expect, it, vi } from 'vitest';
import { collectReports } from '../../test/collect-reports.ts';
import { closePair, connectPair } from '../../test/connected-pair.ts';
import { portOf } from '../../test/in-loop.ts';
import { BufferedRecorder, Recorder } from '../../test/recorder.ts';
import {
  certificates,
  clientContext,
  inTlsLoop,
  serverContext,
  tlsLoops,
} from '../../test/tls-loops.ts';
import { turns } from '../../test/turns.ts';

const authority = certificates();
const server = serverContext(authority.localhost);
const client = clientContext(authority);
const both = { server: { ssl: server }, client: { ssl: client } };

describe.each(tlsLoops)('data over TLS by %s', (_, makeLoop) => {
  it('TLS-012 takes bytes of every kind, and nothing else', () =>
    inTlsLoop(makeLoop, async (loop) => {
      const pair = await connectPair(loop, both);
      const { near, far } = pair;
      const text = 'x' as unknown as Uint8Array;
      expect(() => near.transport.write(text)).toThrow(
        new TypeError('data: expecting a bytes-like instance, got string'),
      );
      expect(() => near.transport.writelines([text])).toThrow(TypeError);
      near.transport.write(new Uint8Array(0));
      near.transport.writelines([]);
      const memory = new Uint8Array([0x61, 0x62, 0x63, 0x64]);
      near.transport.writelines([
        memory.subarray(1, 3),
        Buffer.from('e'),
        new Uint8Array(memory.buffer, 3, 1),
      ]);
      expect((await far.bytes(4)).toString()).toBe('bced');
      await closePair(pair);
    }));

  it('TLS-012 may use a buffer again as soon as it is written', () =>
    inTlsLoop(makeLoop, async (loop) => {
      const pair = await connectPair(loop, both);
      const buffer = Buffer.alloc(100_000, 'a');
      pair.near.transport.write(buffer);
      buffer.fill('b');
      pair.near.transport.write(buffer);
      const all = await pair.far.bytes(200_000);
      expect(all.indexOf('b')).toBe(100_000);
      await closePair(pair);
    }));

  it('TLS-013 has no half-close', () =>
    inTlsLoop(makeLoop, async (loop) => {
      const pair = await connectPair(loop, both);
      expect(pair.near.transport.canWriteEof()).toBe(false);
      expect(() => pair.near.transport.writeEof()).toThrow('cannot be half-closed');
      await closePair(pair);
    }));

  it('TLS-014 cannot be kept open at the end of the stream', () =>
    inTlsLoop(makeLoop, async (loop) => {
      const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
      const pair = await connectPair(loop, both);
      pair.far.keepOpen = true;
      await closePair(pair);
      expect(warn.mock.calls).toEqual([
        ['returning true from eof_received() has no effect when using ssl'],
      ]);
      warn.mockRestore();
    }));

  it.each([
    ['dataReceived', 'Fatal error on SSL protocol'],
    ['eofReceived', 'Error calling eof_received()'],
  ] as const)('TLS-015 loses the connection when %s throws', (method, message) =>
    inTlsLoop(makeLoop, async (loop) => {
      const reports = collectReports(loop);
      const pair = await connectPair(loop, both);
      const { near, far } = pair;
      const oops = new Error('oops');
      far[method] = () => {
        throw oops;
      };
      near.transport.write(Buffer.from('x'));
      if (method === 'eofReceived') near.transport.close();
      expect(await far.lost).toBe(oops);
      await near.lost;
      expect(reports).toMatchObject([{ message, exception: oops }]);
      pair.server.close();
    }),
  );

  it('TLS-016 holds back what is decrypted while reading is paused, and delivers it later', () =>
    inTlsLoop(makeLoop, async (loop) => {
      const pair = await connectPair(loop, both);
      const { near, far } = pair;
      // In one piece: the second record is there when the first one pauses.
      let count = 0;
      const receive = far.dataReceived.bind(far);
      far.dataReceived = (data) => {
        if (count === 0) far.transport.pauseReading();
        count += 1;
        receive(data);
      };
      near.transport.write(Buffer.alloc(100_000, 'x'));
      await far.bytes(1);
      const before = far.size;
      await turns();
      expect(far.size).toBe(before);
      expect(far.transport.isReading()).toBe(false);
      far.transport.resumeReading();
      expect(far.size).toBe(before);
      await far.bytes(100_000);
      await closePair(pair);
    }));

  it('TLS-017 pauses writing at the high limit of 512 KiB, and goes on at the low one', () =>
    inTlsLoop(makeLoop, async (loop) => {
      const pair = await connectPair(loop, both);
      const { near, far } = pair;
      expect(near.transport.getWriteBufferLimits()).toEqual([131072, 524288]);
      near.transport.setWriteBufferLimits(400);
      expect(near.transport.getWriteBufferLimits()).toEqual([100, 400]);
      near.transport.setWriteBufferLimits();
      expect(near.transport.getWriteBufferLimits()).toEqual([131072, 524288]);
      far.transport.pauseReading();
      const size = 16 * 1024 * 1024;
      near.transport.write(Buffer.alloc(size));
      await turns();
      expect(near.trace).toEqual(['made', 'pause']);
      expect(near.transport.getWriteBufferSize()).toBeGreaterThan(524288);
      far.transport.resumeReading();
      await far.bytes(size);
      await turns();
      expect(near.trace).toEqual(['made', 'pause', 'resume']);
      expect(near.transport.getWriteBufferSize()).toBe(0);
      await closePair(pair);
    }));

  it('TLS-018 has limits for reading', () =>
    inTlsLoop(makeLoop, async (loop) => {
      const pair = await connectPair(loop, both);
      const transport = pair.near.transport as TlsTransport;
      expect(transport.getReadBufferLimits()).toEqual([65536, 262144]);
      transport.setReadBufferLimits(1000);
      expect(transport.getReadBufferLimits()).toEqual([250, 1000]);
      expect(() => transport.setReadBufferLimits(1, 2)).toThrow('high (1) must be >= low (2)');
      expect(transport.getReadBufferSize()).toBe(0);
      await closePair(pair);
    }));

  it('TLS-018 reads no further while reading is paused', () =>
    inTlsLoop(makeLoop, async (loop) => {
      const pair = await connectPair(loop, both);
      const { near, far } = pair;
      far.transport.pauseReading();
      near.transport.write(Buffer.alloc(32 * 1024 * 1024));
      await turns();
      // What the kernel and the layer hold is not the whole.
      expect(near.transport.getWriteBufferSize()).toBeGreaterThan(1024 * 1024);
      expect((far.transport as TlsTransport).getReadBufferSize()).toBeLessThan(1024 * 1024);
      far.transport.abort();
      await far.lost;
      await near.lost;
      pair.server.close();
    }));

  it('TLS-019 fills the buffers of a buffered protocol', () =>
    inTlsLoop(makeLoop, async (loop) => {
      const far = new BufferedRecorder(1000);
      const listening = await loop.createServer(() => far, '127.0.0.1', 0, { ssl: server });
      const [transport, near] = await loop.createConnection(
        () => new Recorder(),
        '127.0.0.1',
        portOf(listening),
        { ssl: client },
      );
      const sent = Buffer.alloc(10_500, 'abcdefg');
      transport.write(sent);
      transport.close();
      await near.lost;
      await far.lost;
      expect(far.received.equals(sent)).toBe(true);
      expect(far.trace.slice(-2)).toEqual(['eof', 'lost']);
      listening.close();
    }));

  it('TLS-020 tells of the connection by getExtraInfo', () =>
    inTlsLoop(makeLoop, async (loop) => {
      const pair = await connectPair(loop, both);
      const { transport } = pair.near;
      const cipher = transport.getExtraInfo('cipher');
      expect(cipher).toEqual(['TLS_AES_256_GCM_SHA384', 'TLSv1.3', 256]);
      expect(transport.getExtraInfo('compression')).toBe(null);
      expect(transport.getExtraInfo('sslcontext')).toBe(client);
      expect(pair.far.transport.getExtraInfo('sslcontext')).toBe(server);
      const info = transport.getExtraInfo('ssl_object') as SSLInfo;
      expect(info.version()).toBe('TLSv1.3');
      expect(info.cipher()).toEqual(cipher);
      expect(info.context).toBe(client);
      expect(info.serverSide).toBe(false);
      expect(info.sessionReused).toBe(false);
      expect(transport.getExtraInfo('socket')).toBeDefined();
      expect(transport.getExtraInfo('sockname')).toEqual(
        pair.far.transport.getExtraInfo('peername'),
      );
      expect(transport.getExtraInfo('nothing', 'of the kind')).toBe('of the kind');
      await closePair(pair);
    }));

  it('TLS-021 has the certificate of a peer that was verified, and the keys of TLS after the end', () =>
    inTlsLoop(makeLoop, async (loop) => {
      const pair = await connectPair(loop, both);
      const { near, far } = pair;
      const { transport } = near;
      expect(transport.getExtraInfo('peercert')).toMatchObject({
        subject: [[['organizationName', 'Loop']], [['commonName', 'localhost']]],
        issuer: [[['organizationName', 'Loop']], [['commonName', 'Test Authority']]],
        version: 3,
        subjectAltName: [
          ['DNS', 'localhost'],
          ['IP Address', '127.0.0.1'],
        ],
      });
      const info = transport.getExtraInfo('ssl_object') as SSLInfo;
      expect(info.getpeercert(true)).toBeInstanceOf(Buffer);
      expect(info.getUnverifiedChain()[0]).toEqual(info.getpeercert(true));
      expect(far.transport.getExtraInfo('peercert')).toBe(null);
      await closePair(pair);
      expect(transport.getExtraInfo('peercert')).toMatchObject({ version: 3 });
      expect(transport.getExtraInfo('cipher')).toEqual(['TLS_AES_256_GCM_SHA384', 'TLSv1.3', 256]);
      expect(transport.getExtraInfo('ssl_object')).toBe(info);
      expect(info.version()).toBe('TLSv1.3');
      expect(transport.getExtraInfo('peername', 'gone')).toBe('gone');
    }));

  it('TLS-021 tells nothing of a certificate that was not verified', () =>
    inTlsLoop(makeLoop, async (loop) => {
      const careless = new SSLContext();
      careless.checkHostname = false;
      careless.verifyMode = 0;
      const selfSigned = serverContext(authority.selfSigned());
      const pair = await connectPair(loop, {
        server: { ssl: selfSigned },
        client: { ssl: careless },
      });
      const info = pair.near.transport.getExtraInfo('ssl_object') as SSLInfo;
      expect(pair.near.transport.getExtraInfo('peercert')).toEqual({});
      expect(info.getpeercert(true)).toBeInstanceOf(Buffer);
      await closePair(pair);
    }));

  it('TLS-022 changes the protocol in the middle of a connection', () =>
    inTlsLoop(makeLoop, async (loop) => {
      const pair = await connectPair(loop, both);
      const { near, far } = pair;
      near.transport.write(Buffer.from('1'));
      await far.bytes(1);
      const second = new Recorder(loop);
      far.transport.setProtocol(second);
      expect(far.transport.getProtocol()).toBe(second);
      near.transport.write(Buffer.from('2'));
      expect((await second.bytes(1)).toString()).toBe('2');
      near.transport.close();
      await second.lost;
      expect(second.trace).toEqual(['data', 'eof', 'lost']);
      expect(far.trace).toEqual(['made', 'data']);
      pair.server.close();
    }));

  it('TLS-010 TLS-011 carries 4 MiB each way at the same time', () =>
    inTlsLoop(makeLoop, async (loop) => {
      const pair = await connectPair(loop, both);
      const { near, far } = pair;
      const sent = Buffer.alloc(4 * 1024 * 1024);
      for (let at = 0; at < sent.length; at += 4)
        sent.writeUInt32LE((at * 2654435761) % 4294967296, at);
      for (const { transport } of [near, far]) {
        for (let at = 0; at < sent.length; at += 100_000) {
          transport.write(sent.subarray(at, at + 100_000));
        }
      }
      expect((await near.bytes(sent.length)).equals(sent)).toBe(true);
      expect((await far.bytes(sent.length)).equals(sent)).toBe(true);
      await closePair(pair);
    }));

  it('TLS-009 shows nothing of tickets and new keys', () =>
    inTlsLoop(makeLoop, async (loop) => {
      const generous = serverContext(authority.localhost);
      generous.numTickets = 5;
      const pair = await connectPair(loop, { ...both, server: { ssl: generous } });
      const { near, far } = pair;
      far.transport.write(Buffer.from('x'));
      await near.bytes(1);
      expect(near.trace).toEqual(['made', 'data']);
      await closePair(pair);
    }));
});
