import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type EventLoop, gather, sleep } from '@loop/core';
import { SelectorEventLoop } from '@loop/net';
import { SSLCertVerificationError, SSLError } from './ssl-error.ts';
import { isOpenSslSupported } from '@loop/posix/internal';
import { errorOf } from '../../test/error-of.ts';
import { inLoop } from '../../test/in-loop.ts';
import {
  type LinkedChannel,
  linkedChannels,
  type LinkOptions,
} from '../../test/linked-channels.ts';
import { plainSettings, TlsEnd } from '../../test/tls-ends.ts';
import { certificates } from '../../test/tls-loops.ts';
import { openSslEngine } from './openssl-engine.ts';
import type { ChannelEvents } from '../transport/stream-channel.ts';
import type { TlsChannel, TlsChannelOptions, TlsSettings } from './tls-engine.ts';

const authority = certificates();
const { certfile, keyfile } = authority.localhost;
const serving: TlsSettings = {
  ...plainSettings,
  role: 'server',
  identities: [{ chain: readFileSync(certfile, 'utf8'), key: readFileSync(keyfile, 'utf8') }],
};
const asking: TlsSettings = {
  ...plainSettings,
  verifyMode: 2,
  authorities: [readFileSync(authority.cafile, 'utf8')],
};

interface Ends {
  readonly loop: EventLoop;
  readonly client: TlsEnd;
  readonly server: TlsEnd;
  readonly links: [LinkedChannel, LinkedChannel];
}

interface EndOptions extends LinkOptions {
  readonly serving?: Partial<TlsSettings>;
  readonly asking?: Partial<TlsSettings>;
  readonly client?: Partial<TlsChannelOptions>;
  readonly server?: Partial<TlsChannelOptions>;
}

function makeEnds(loop: EventLoop, options: EndOptions = {}): Ends {
  const links = linkedChannels(loop, options);
  const over = (link: LinkedChannel) => (events: LinkedChannel['events']) => {
    link.events = events;
    return link;
  };
  const { asking: askingOptions, serving: servingOptions } = options;
  const clientSettings = askingOptions === undefined ? asking : { ...asking, ...askingOptions };
  const client = new TlsEnd(loop, openSslEngine, clientSettings, over(links[0]), {
    serverName: 'localhost',
    verifyName: 'localhost',
    ...options.client,
  });
  const settings = servingOptions === undefined ? serving : { ...serving, ...servingOptions };
  const server = new TlsEnd(loop, openSslEngine, settings, over(links[1]), options.server);
  return { loop, client, server, links };
}

function withEnds(
  body: (ends: Ends) => Promise<void>,
  options: EndOptions & { open?: boolean } = {},
): Promise<void> {
  return inLoop(
    () => new SelectorEventLoop(),
    async (loop) => {
      const ends = makeEnds(loop, options);
      ends.client.channel.start();
      ends.server.channel.start();
      if (options.open !== false) await gather(ends.client.opening, ends.server.opening);
      await body(ends);
      ends.client.channel.close();
      ends.server.channel.close();
    },
  );
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(0);
}

/** Has the events of an open channel go to another one on top of it. */
function stack(end: TlsEnd, events: ChannelEvents): TlsChannel {
  end.target = () => events.target();
  end.filled = (count) => events.filled(count);
  end.received = (data) => events.received(data);
  end.ended = () => events.ended();
  end.wrote = () => events.wrote();
  return end.channel;
}

/** As many turns as anything could take that would still come. */
async function quiet(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await sleep(0);
}

describe.runIf(isOpenSslSupported())('a TLS channel by OpenSSL (needs OpenSSL by FFI)', () => {
  it('TLS-001 TLS-020 agrees before anything is delivered', () =>
    withEnds(async ({ client, server }) => {
      expect(client.trace).toEqual(['opened']);
      expect(server.trace).toEqual(['opened']);
      expect(client.channel.info.version()).toBe('TLSv1.3');
      expect(client.channel.info.cipher()?.[1]).toBe('TLSv1.3');
      expect(client.channel.info.peerCertificates()).toHaveLength(1);
      expect(server.channel.info.peerCertificates()).toEqual([]);
    }));

  it.each([
    ['whole', () => Infinity],
    ['byte by byte', () => 1],
    ['in pieces', (size = 0) => (size = (size * 7 + 13) % 5000)],
  ])('TLS-010 TLS-011 carries everything in order, arriving %s', (_, chunk) =>
    withEnds(
      async ({ client, server }) => {
        const sent = Buffer.from(Array.from({ length: 40_000 }, (__, index) => index % 251));
        client.channel.setReading(true);
        server.channel.setReading(true);
        for (let from = 0; from < sent.length; from += 4000) {
          client.channel.write(sent.subarray(from, from + 4000));
          server.channel.write(sent.subarray(from, from + 4000));
        }
        await until(() => client.data.length + server.data.length === 2 * sent.length);
        expect(client.data.equals(sent)).toBe(true);
        expect(server.data.equals(sent)).toBe(true);
      },
      { chunk },
    ),
  );

  it('TLS-011 carries several megabytes', () =>
    withEnds(async ({ client, server }) => {
      const sent = Buffer.alloc(5_000_000, 'some bytes');
      server.channel.setReading(true);
      client.channel.write(sent);
      await until(() => server.data.length === sent.length);
      expect(server.data.equals(sent)).toBe(true);
    }));

  it('makes one piece of what came in one', () =>
    withEnds(async ({ client, server }) => {
      server.channel.setReading(true);
      client.channel.write(Buffer.alloc(100_000));
      await until(() => server.data.length === 100_000);
      expect(server.trace).toEqual(['opened', 'data 100000']);
    }));

  it('TLS-012 writes pieces in one go', () =>
    withEnds(async ({ client, server, links }) => {
      server.channel.setReading(true);
      const before = links[0].writes;
      const pieces = [
        Buffer.from('a'),
        Buffer.alloc(20_000, 'b'),
        Buffer.from('c'),
        Buffer.from('d'),
      ];
      client.channel.writev(pieces);
      expect(links[0].writes).toBe(before + 1);
      await until(() => server.data.length === 20_003);
      expect(server.data.equals(Buffer.concat(pieces))).toBe(true);
    }));

  it('keeps what is written before the handshake is over', () =>
    withEnds(
      async ({ client, server }) => {
        client.channel.write(Buffer.from('early '));
        client.channel.writev([Buffer.from('bird')]);
        expect(client.channel.pending).toBe(10);
        await client.opening;
        expect(client.channel.pending).toBe(0);
        server.channel.setReading(true);
        await until(() => server.data.length === 10);
        expect(server.data.toString()).toBe('early bird');
      },
      { open: false },
    ));

  it('TLS-019 fills memory of the protocol', () =>
    withEnds(async ({ client, server }) => {
      server.buffer = Buffer.alloc(1000);
      server.channel.setReading(true);
      client.channel.write(Buffer.alloc(2500, 'x'));
      await until(() => server.data.length === 2500);
      expect(server.trace).toEqual(['opened', 'data 1000', 'data 1000', 'data 500']);
    }));

  it('TLS-016 delivers nothing while reading is off, and the rest in a callback of its own', () =>
    withEnds(async ({ client, server, links }) => {
      server.onData = () => server.channel.setReading(false);
      server.buffer = Buffer.alloc(5);
      server.channel.setReading(true);
      client.channel.write(Buffer.from('12345abcde'));
      await until(() => server.data.length === 5);
      client.channel.write(Buffer.from('more'));
      await quiet();
      expect(server.data.toString()).toBe('12345');
      expect(links[1].reading).toBe(false);
      expect(server.channel.held).toBe(5);
      server.onData = () => {};
      server.channel.setReading(true);
      expect(server.data.toString()).toBe('12345');
      await until(() => server.data.length === 14);
      expect(server.data.toString()).toBe('12345abcdemore');
      expect(links[1].reading).toBe(true);
    }));

  describe('the end', () => {
    it('TLS-023 TLS-025 is said by both', () =>
      withEnds(async ({ client, server }) => {
        client.channel.setReading(true);
        server.channel.setReading(true);
        server.onEnd = () => {
          server.channel.write(Buffer.from('last words'));
          server.channel.finish();
        };
        client.channel.write(Buffer.from('bye'));
        client.channel.finish();
        await gather(client.closing, server.closing);
        expect(server.trace).toEqual(['opened', 'data 3', 'ended', 'finished']);
        expect(client.trace).toEqual(['opened', 'finished']);
      }));

    it('TLS-026 comes with the end of the stream, too', () =>
      withEnds(async ({ client, server, links }) => {
        server.channel.setReading(true);
        client.channel.write(Buffer.from('bye'));
        links[0].end();
        await until(() => server.trace.includes('ended'));
        server.channel.finish();
        await server.closing;
        expect(server.trace).toEqual(['opened', 'data 3', 'ended', 'finished']);
      }));

    it.each([['close_notify'], ['the end of the stream']])(
      'TLS-027 waits with %s until reading is on',
      (end) =>
        withEnds(async ({ client, server, links }) => {
          client.channel.write(Buffer.from('bye'));
          if (end === 'close_notify') client.channel.finish();
          else links[0].end();
          await quiet();
          expect(server.trace).toEqual(['opened']);
          server.channel.setReading(true);
          await until(() => server.trace.includes('ended'));
          expect(server.trace).toEqual(['opened', 'data 3', 'ended']);
        }),
    );

    it('TLS-029 throws away what still comes', () =>
      withEnds(async ({ client, server }) => {
        client.channel.setReading(true);
        client.channel.finish();
        server.channel.write(Buffer.alloc(300_000));
        server.channel.finish();
        await gather(client.closing, server.closing);
        expect(client.trace).toEqual(['opened', 'finished']);
      }));

    it('waits until all is sent', () =>
      withEnds(async ({ client, server, links }) => {
        links[0].room = 0;
        server.channel.finish();
        client.channel.finish();
        await quiet();
        expect(client.trace).toEqual(['opened']);
        links[0].room = Infinity;
        links[0].pass();
        links[0].events.wrote();
        await client.closing;
      }));

    it('gives the stream back, and what was in it', () =>
      withEnds(async ({ client, server, links }) => {
        server.channel.setReading(true);
        server.onEnd = () => {
          server.channel.unwrap();
          links[1].write(Buffer.from('plain'));
        };
        client.channel.unwrap();
        await gather(client.closing, server.closing);
        expect(client.channel.leftover?.toString()).toBe('plain');
        expect(server.channel.leftover?.length).toBe(0);
        client.channel.close();
        expect(links[0].closed).toBe(false);
      }));
  });

  describe('failures', () => {
    it('TLS-003 are told with the reason', () =>
      withEnds(
        async ({ client, server }) => {
          const error = (await errorOf(client.opening)) as SSLCertVerificationError;
          expect(error).toBeInstanceOf(SSLCertVerificationError);
          expect(error.message).toBe(
            '[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: unable to get local issuer certificate',
          );
          // The server has heard of it; in TLS 1.3 it had been through with its part.
          server.channel.setReading(true);
          await until(() => server.error !== null);
          expect(server.error).toMatchObject({ code: 'TLSV1_ALERT_UNKNOWN_CA', library: 'SSL' });
        },
        { open: false, asking: { authorities: [] } },
      ));

    it('TLS-004 name the name', () =>
      withEnds(
        async ({ client }) => {
          expect(await errorOf(client.opening)).toMatchObject({
            verifyCode: 62,
            verifyMessage: "Hostname mismatch, certificate is not valid for 'other'.",
          });
        },
        { open: false, client: { verifyName: 'other' } },
      ));

    it('TLS-005 come from a peer that speaks no TLS', () =>
      withEnds(
        async ({ server, links }) => {
          links[0].write(Buffer.from('GET / HTTP/1.1\r\n\r\n'));
          const error = await errorOf(server.opening);
          expect(error).toBeInstanceOf(SSLError);
          expect(error).toMatchObject({
            code: 'HTTP_REQUEST',
            message: '[SSL: HTTP_REQUEST] http request',
          });
        },
        { open: false, mangle: (data) => (data[0] === 0x16 ? Buffer.alloc(0) : data) },
      ));

    it('TLS-005 come from one that goes away', () =>
      withEnds(
        async ({ client, server, links }) => {
          links[0].close();
          expect(await errorOf(server.opening)).toMatchObject({ code: 'ECONNRESET' });
          client.channel.close();
        },
        { open: false },
      ));

    it('TLS-028 come with a bad record, after what was good', () => {
      let spoil = false;
      return withEnds(
        async ({ client, server }) => {
          server.channel.setReading(true);
          client.channel.write(Buffer.from('good'));
          spoil = true;
          client.channel.write(Buffer.from('bad'));
          spoil = false;
          await until(() => server.error !== null);
          expect(server.trace).toEqual(['opened', 'data 4', 'failed']);
          expect(server.error).toMatchObject({ code: 'DECRYPTION_FAILED_OR_BAD_RECORD_MAC' });
          client.channel.setReading(true);
          await until(() => client.error !== null);
          expect(client.error).toMatchObject({ code: 'SSLV3_ALERT_BAD_RECORD_MAC' });
        },
        {
          mangle(data) {
            if (spoil) data[data.length - 1]! ^= 1;
            return data;
          },
        },
      );
    });

    it('come out of the callback for server names', () => {
      const failure = new Error('no such name');
      return withEnds(
        async ({ client, server }) => {
          expect(await errorOf(server.opening)).toBe(failure);
          expect(await errorOf(client.opening)).toMatchObject({
            code: 'SSLV3_ALERT_HANDSHAKE_FAILURE',
          });
        },
        {
          open: false,
          server: {
            selectContext() {
              throw failure;
            },
          },
        },
      );
    });
  });

  it('can be closed in the callback for server names', () =>
    inLoop(
      () => new SelectorEventLoop(),
      async (loop) => {
        const ends: Ends = makeEnds(loop, {
          server: {
            selectContext() {
              ends.server.channel.close();
              return null;
            },
          },
        });
        ends.client.channel.start();
        ends.server.channel.start();
        await errorOf(ends.client.opening);
        expect(ends.server.trace).toEqual([]);
        expect(ends.links[1].closed).toBe(true);
      },
    ));

  it('tells after its end what it was', () =>
    withEnds(async ({ client }) => {
      client.channel.close();
      expect(client.channel.info.version()).toBe('TLSv1.3');
      expect(client.channel.info.peerCertificates()).toHaveLength(1);
      expect(client.channel.info.session()).toBe(null);
    }));

  it('resumes a session', () =>
    withEnds(async ({ loop, client }) => {
      client.channel.setReading(true);
      await until(() => client.channel.info.session() !== null);
      expect(client.channel.info.sessionReused()).toBe(false);
      const session = client.channel.info.session();
      const again = makeEnds(loop, { client: { session } });
      again.client.channel.start();
      again.server.channel.start();
      await gather(again.client.opening, again.server.opening);
      expect(again.client.channel.info.sessionReused()).toBe(true);
      expect(again.server.channel.info.sessionReused()).toBe(true);
      expect(again.client.channel.info.tlsUnique()).toEqual(again.server.channel.info.tlsUnique());
      again.client.channel.close();
      again.server.channel.close();
    }));

  it('works within itself', () =>
    withEnds(async ({ loop, client, server }) => {
      const inner = {
        client: new TlsEnd(loop, openSslEngine, asking, (events) => stack(client, events), {
          serverName: 'localhost',
          verifyName: 'localhost',
        }),
        server: new TlsEnd(loop, openSslEngine, serving, (events) => stack(server, events)),
      };
      inner.client.channel.start();
      inner.server.channel.start();
      await gather(inner.client.opening, inner.server.opening);
      inner.client.channel.setReading(true);
      inner.server.channel.setReading(true);
      const sent = Buffer.from(Array.from({ length: 600_000 }, (_, index) => index % 253));
      inner.client.channel.write(sent);
      inner.server.channel.write(sent);
      await until(() => inner.client.data.length + inner.server.data.length === 2 * sent.length);
      expect(inner.client.data.equals(sent)).toBe(true);
      expect(inner.server.data.equals(sent)).toBe(true);
    }));
});
