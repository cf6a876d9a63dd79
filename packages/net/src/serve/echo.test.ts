import { getRunningLoop, run } from '@loop/core';
import { BufferedProtocol, Protocol, type Transport } from '@loop/net';
import { describe, expect, it } from 'vitest';
import { backends } from '../../test/backends.ts';

class Echo extends Protocol {
  #transport: Transport | null = null;

  override connectionMade(transport: Transport): void {
    this.#transport = transport;
  }

  override dataReceived(data: Buffer): void {
    this.#transport?.write(data);
  }
}

class BufferedEcho extends BufferedProtocol {
  readonly #buffer = Buffer.alloc(1000);
  #transport: Transport | null = null;

  override connectionMade(transport: Transport): void {
    this.#transport = transport;
  }

  override getBuffer(): Uint8Array {
    return this.#buffer;
  }

  override bufferUpdated(count: number): void {
    this.#transport?.write(this.#buffer.subarray(0, count));
  }
}

/** Collects what comes until the end of the stream. */
class Collect extends Protocol {
  readonly trace: string[] = [];
  readonly chunks: Buffer[] = [];
  readonly lost = getRunningLoop().createFuture<Error | null>();

  override connectionMade(): void {
    this.trace.push('made');
  }

  override dataReceived(data: Buffer): void {
    this.chunks.push(data);
  }

  override eofReceived(): void {
    this.trace.push('eof');
  }

  override connectionLost(error: Error | null): void {
    this.trace.push('lost');
    this.lost.setResult(error);
  }
}

describe.each(backends)('a server with %s', (_, makeLoop) => {
  it.each([
    ['Protocol', () => new Echo()],
    ['BufferedProtocol', () => new BufferedEcho()],
  ] as const)('SRV-001 CONN-001 CONN-002 echoes 5 MiB by %s', async (__, makeEcho) => {
    await run(
      async () => {
        const loop = getRunningLoop();
        await using server = await loop.createServer(makeEcho, '127.0.0.1', 0);
        const port = (server.sockets[0]!.getsockname() as [string, number])[1];
        const [transport, client] = await loop.createConnection(
          () => new Collect(),
          '127.0.0.1',
          port,
        );
        const data = Buffer.alloc(5 << 20);
        for (let i = 0; i < data.length; i += 4) data.writeUInt32LE(i, i);
        transport.write(data.subarray(0, 100));
        transport.writelines([data.subarray(100, 5000), data.subarray(5000)]);
        transport.writeEof();
        expect(await client.lost).toBeNull();
        expect(client.trace).toEqual(['made', 'eof', 'lost']);
        expect(Buffer.concat(client.chunks).equals(data)).toBe(true);
      },
      { loopFactory: makeLoop },
    );
  });
});
