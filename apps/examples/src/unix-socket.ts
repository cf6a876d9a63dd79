/**
 * A server on a Unix socket, and a client that asks it for the time of day.
 *
 * What to see: the path takes the place of host and port, and the file is gone when the server is closed.
 */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Future, getRunningLoop, run } from '@loop/core';
import { Protocol, type Transport } from '@loop/net';

class Clock extends Protocol {
  override connectionMade(transport: Transport): void {
    transport.write(Buffer.from(new Date().toISOString()));
    transport.close();
  }
}

class Reader extends Protocol {
  readonly #chunks: Buffer[] = [];
  readonly #text: Future<string>;

  constructor(text: Future<string>) {
    super();
    this.#text = text;
  }

  override dataReceived(data: Buffer): void {
    this.#chunks.push(data);
  }

  override connectionLost(error: Error | null): void {
    if (error === null) this.#text.setResult(Buffer.concat(this.#chunks).toString());
    else this.#text.setException(error);
  }
}

async function main(path: string): Promise<void> {
  const loop = getRunningLoop();
  await using _server = await loop.createUnixServer(() => new Clock(), path);
  const text = loop.createFuture<string>();
  await loop.createUnixConnection(() => new Reader(text), path);
  console.log(`The clock says ${await text}`);
}

const folder = mkdtempSync(join(tmpdir(), 'clock-'));
const path = join(folder, 'socket');
try {
  await run(() => main(path));
  console.log(`The socket is ${existsSync(path) ? 'still there' : 'gone'}`);
} finally {
  rmSync(folder, { recursive: true });
}
