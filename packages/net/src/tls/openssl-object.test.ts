import { describe, expect, it } from 'vitest';
import {
  MemoryBIO,
  SSLCertVerificationError,
  SSLEOFError,
  SSLError,
  type SSLObject,
  SSLWantReadError,
  SSLZeroReturnError,
} from '@loop/net';
import { isOpenSslSupported } from '@loop/posix/internal';
import { certificates, clientContext, serverContext } from '../../test/tls-loops.ts';

const authority = certificates();
const serverSide = serverContext(authority.localhost);
const clientSide = clientContext(authority);

interface Pair {
  readonly client: SSLObject;
  readonly server: SSLObject;
  readonly toClient: MemoryBIO;
  readonly toServer: MemoryBIO;
}

function pair(name = 'localhost'): Pair {
  const toClient = new MemoryBIO();
  const toServer = new MemoryBIO();
  return {
    client: clientSide.wrapBio(toClient, toServer, { serverHostname: name }),
    server: serverSide.wrapBio(toServer, toClient, { serverSide: true }),
    toClient,
    toServer,
  };
}

function wants(action: () => unknown): boolean {
  try {
    action();
    return false;
  } catch (error) {
    if (error instanceof SSLWantReadError) return true;
    throw error;
  }
}

function shakeHands({ client, server }: Pair): void {
  let [ours, theirs] = [true, true];
  while (ours || theirs) {
    ours = wants(() => client.doHandshake());
    theirs = wants(() => server.doHandshake());
  }
}

function openPair(): Pair {
  const made = pair();
  shakeHands(made);
  return made;
}

describe.runIf(isOpenSslSupported())('an SSLObject (needs OpenSSL by FFI)', () => {
  it('has nothing to tell before the handshake', () => {
    const { client, server } = pair();
    expect(client.version()).toBe(null);
    expect(client.cipher()).toBe(null);
    expect(server.sharedCiphers()).toBe(null);
    expect(client.pending()).toBe(0);
    expect(() => client.getpeercert()).toThrow('handshake not done yet');
    expect(() => client.read(10)).toThrow(SSLWantReadError);
    expect(() => client.read(10)).toThrow('The operation did not complete (read)');
  });

  it('tells afterwards', () => {
    const { client, server } = openPair();
    expect(client.version()).toBe('TLSv1.3');
    expect(client.cipher()).toEqual(['TLS_AES_256_GCM_SHA384', 'TLSv1.3', 256]);
    expect(client.getpeercert()).toMatchObject({ version: 3 });
    expect(client.getVerifiedChain()).toHaveLength(2);
    expect(client.sharedCiphers()).toBe(null);
    expect(server.sharedCiphers()).toContainEqual(['TLS_AES_256_GCM_SHA384', 'TLSv1.3', 256]);
    expect(client.compression()).toBe(null);
    expect(client.getChannelBinding()).toEqual(server.getChannelBinding());
    expect(client.context).toBe(clientSide);
    expect([client.serverSide, server.serverSide]).toEqual([false, true]);
    expect(client.serverHostname).toBe('localhost');
    expect(() => client.doHandshake()).not.toThrow();
  });

  it('reads what was written, in parts', () => {
    const { client, server } = openPair();
    expect(client.write(Buffer.from('hello world'))).toBe(11);
    expect(client.write(Buffer.alloc(0))).toBe(0);
    expect(server.read(5).toString()).toBe('hello');
    expect(server.pending()).toBe(6);
    expect(server.read(0)).toHaveLength(0);
    expect(server.read().toString()).toBe(' world');
    expect(() => server.read()).toThrow(SSLWantReadError);
    const buffer = Buffer.alloc(4, '.');
    client.write(Buffer.from('abcdef'));
    expect(server.read(3, buffer)).toBe(3);
    expect(buffer.toString()).toBe('abc.');
    expect(server.read(1024, buffer)).toBe(3);
    expect(() => server.read(-1)).toThrow('size should not be negative');
    expect(() => server.write('text' as never)).toThrow(TypeError);
  });

  it('leaves later records in the incoming BIO', () => {
    const { client, server, toServer } = openPair();
    client.write(Buffer.from('one'));
    client.write(Buffer.from('two'));
    const both = toServer.pending;
    expect(server.read().toString()).toBe('one');
    expect(toServer.pending).toBe(both / 2);
  });

  it('says goodbye', () => {
    const { client, server } = openPair();
    expect(() => client.unwrap()).toThrow(SSLWantReadError);
    expect(server.read()).toHaveLength(0);
    server.unwrap();
    expect(() => server.read()).toThrow(SSLZeroReturnError);
    expect(() => server.write(Buffer.from('x'))).toThrow(
      '[SSL: PROTOCOL_IS_SHUTDOWN] protocol is shutdown',
    );
    client.unwrap();
  });

  it('hears of an end without a goodbye', () => {
    const { client, toClient } = openPair();
    toClient.writeEof();
    expect(() => client.read()).toThrow(SSLEOFError);
    expect(toClient.eof).toBe(true);
    const other = pair();
    other.toClient.writeEof();
    expect(() => other.client.doHandshake()).toThrow(SSLEOFError);
  });

  it('refuses another name', () => {
    expect(() => shakeHands(pair('other.example'))).toThrow(SSLCertVerificationError);
  });
});

describe.runIf(isOpenSslSupported())('a MemoryBIO (needs OpenSSL by FFI)', () => {
  it('is a queue with an end', () => {
    const bio = new MemoryBIO();
    expect(bio.write(Buffer.from('hello'))).toBe(5);
    expect([bio.pending, bio.eof]).toEqual([5, false]);
    expect(['he', '', 'llo', '']).toEqual(
      [2, 0, -1, undefined].map((size) => bio.read(size).toString()),
    );
    expect(() => bio.write('text' as never)).toThrow(TypeError);
    bio.write(Buffer.from('x'));
    bio.writeEof();
    expect(bio.eof).toBe(false);
    bio.read();
    expect(bio.eof).toBe(true);
    expect(() => bio.write(Buffer.from('x'))).toThrow(SSLError);
  });
});
