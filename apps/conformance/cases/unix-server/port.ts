// Servers and connections by a path: names, what is refused, and what becomes of the file.
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Future, newEventLoop } from '@loop/core';
import { Protocol, type Server, type Transport } from '@loop/net';
import type { Print } from '../../src/print.ts';
import { inAsyncFunction, inGenerator, type InStyle, type Steps } from '../../src/two-styles.ts';

export async function generator(print: Print): Promise<void> {
  await program(print, inGenerator);
}

export async function asynchronous(print: Print): Promise<void> {
  await program(print, inAsyncFunction);
}

/** What the reference calls the errors that come here. */
const names = new Map([
  ['ENOENT', 'FileNotFoundError'],
  ['ECONNREFUSED', 'ConnectionRefusedError'],
  ['EADDRINUSE', 'OSError'],
]);

async function program(print: Print, inStyle: InStyle): Promise<void> {
  class Quiet extends Protocol {
    readonly made = loop.createFuture<void>();
    readonly data = loop.createFuture<string>();
    readonly lost = loop.createFuture<Error | null>();
    transport!: Transport;

    override connectionMade(transport: Transport): void {
      this.transport = transport;
      this.made.setResult();
    }

    override dataReceived(data: Buffer): void {
      this.data.setResult(data.toString());
    }

    override connectionLost(error: Error | null): void {
      this.lost.setResult(error);
    }
  }

  function* serves(path: string): Steps {
    const served = new Quiet();
    const server: Server = yield loop.createUnixServer(() => served, path);
    print(existsSync(path), server.sockets[0]!.getsockname() === path);
    const [transport, client]: [Transport, Quiet] = yield loop.createUnixConnection(
      () => new Quiet(),
      path,
    );
    yield served.made;
    const peer = served.transport.getExtraInfo('peername');
    print(`'${String(peer)}'`, transport.getExtraInfo('peername') === path);
    transport.write(Buffer.from('hello'));
    const data: string = yield served.data;
    print(data);
    transport.close();
    const clientLost: Error | null = yield client.lost;
    const servedLost: Error | null = yield served.lost;
    print(clientLost, servedLost);
    server.close();
    yield server.waitClosed();
    print(existsSync(path));
  }

  function* attempt(call: () => Future): Steps {
    try {
      yield call();
    } catch (error) {
      const { code = '', name } = error as { code?: string; name: string };
      print(names.get(code) ?? name);
    }
  }

  function* inFolder(folder: string): Steps {
    const path = join(folder, 'a.sock');
    const quiet = (): Quiet => new Quiet();
    yield* serves(path);
    yield* attempt(() => loop.createUnixConnection(quiet, path));
    yield* attempt(() => loop.createUnixConnection(quiet));
    yield* attempt(() => loop.createUnixServer(quiet));
    const first: Server = yield loop.createUnixServer(quiet, path, { cleanupSocket: false });
    first.close();
    yield first.waitClosed();
    print('left', existsSync(path));
    yield* attempt(() => loop.createUnixConnection(quiet, path));
    yield* serves(path);
    writeFileSync(path, '');
    yield* attempt(() => loop.createUnixServer(quiet, path));
    print('file', existsSync(path));
  }

  function* main(): Steps {
    const folder = mkdtempSync(join(tmpdir(), 'loop-'));
    try {
      yield* inFolder(folder);
    } finally {
      rmSync(folder, { recursive: true });
    }
  }

  const loop = newEventLoop();
  await loop.runUntilComplete(inStyle(main));
  loop.close();
}
