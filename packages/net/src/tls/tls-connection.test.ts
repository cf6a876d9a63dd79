import { describe, expect, it } from 'vitest';
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
import { SSLCertVerificationError } from './ssl-error.ts';

const authority = certificates();
const server = serverContext(authority.localhost);
const client = clientContext(authority);

describe.each(tlsLoops)('TLS by %s', (_, makeLoop) => {
  it('SRV-019 CONN-040 TLS-001 carries bytes both ways', () =>
    inTlsLoop(makeLoop, async (loop) => {
      const accepted: Recorder[] = [];
      const listening = await loop.createServer(
        () => {
          const recorder = new Recorder();
          accepted.push(recorder);
          return recorder;
        },
        '127.0.0.1',
        0,
        { ssl: server },
      );
      const [transport, protocol] = await loop.createConnection(
        () => new Recorder(),
        '127.0.0.1',
        portOf(listening),
        { ssl: client, serverHostname: 'localhost' },
      );
      expect(protocol.trace).toEqual(['made']);
      transport.write(Buffer.from('ping'));
      const [peer] = accepted;
      await peer!.made;
      expect(await peer!.bytes(4)).toEqual(Buffer.from('ping'));
      peer!.transport.write(Buffer.from('pong'));
      expect(await protocol.bytes(4)).toEqual(Buffer.from('pong'));
      transport.close();
      expect(await protocol.lost).toBe(null);
      expect(await peer!.lost).toBe(null);
      expect(protocol.trace).toEqual(['made', 'data', 'lost']);
      expect(peer!.trace).toEqual(['made', 'data', 'eof', 'lost']);
      listening.close();
      await listening.waitClosed();
    }));

  it('TLS-002 TLS-004 refuses a certificate for another name', () =>
    inTlsLoop(makeLoop, async (loop) => {
      const listening = await loop.createServer(() => new Recorder(), '127.0.0.1', 0, {
        ssl: server,
      });
      const protocol = new Recorder();
      const error = await errorOf(
        loop.createConnection(() => protocol, '127.0.0.1', portOf(listening), {
          ssl: client,
          serverHostname: 'example.org',
        }),
      );
      expect(error).toBeInstanceOf(SSLCertVerificationError);
      expect(error).toMatchObject({
        code: 'CERTIFICATE_VERIFY_FAILED',
        verifyCode: 62,
        verifyMessage: "Hostname mismatch, certificate is not valid for 'example.org'.",
      });
      expect(protocol.trace).toEqual([]);
      listening.close();
    }));
});
