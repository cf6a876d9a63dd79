import { closeSync, openSync, readSync, writeFileSync } from 'node:fs';
import type { EventLoop } from '@loop/core';
import { AF_INET, SO_RCVBUF, SOCK_STREAM, Socket, SOL_SOCKET, type Transport } from '@loop/net';
import { Recorder } from './recorder.ts';
import { TemporaryFolder } from './temporary-folder.ts';

/** What the kernel's buffers of a connection do not hold by far. */
export const LARGE = 8 * 1024 * 1024;

/** A file of `size` bytes, each of which tells its place, and a descriptor of it. */
export class SampleFile implements Disposable {
  readonly bytes: Buffer;
  readonly path: string;
  readonly fd: number;
  readonly #folder = new TemporaryFolder();

  constructor(size: number, flags = 'r+') {
    this.bytes = sampleBytes(size);
    this.path = this.#folder.file('sample');
    writeFileSync(this.path, this.bytes);
    this.fd = openSync(this.path, flags);
  }

  /** Where the next read without a position begins: told by what it gives, so up to the last four bytes. */
  position(): number {
    const buffer = Buffer.alloc(4);
    if (readSync(this.fd, buffer, 0, 4, null) < 4) return this.bytes.length;
    return buffer.readUInt32LE(0);
  }

  [Symbol.dispose](): void {
    closeSync(this.fd);
    this.#folder[Symbol.dispose]();
  }
}

const samples = new Map<number, Buffer>();

function sampleBytes(size: number): Buffer {
  let bytes = samples.get(size);
  if (bytes === undefined) {
    const places = Uint32Array.from({ length: Math.ceil(size / 4) }, (_, index) => index * 4);
    bytes = Buffer.from(places.buffer, 0, size);
    samples.set(size, bytes);
  }
  return bytes;
}

/** A transport of the loop, and the other end, which reads when it is told to. */
export interface SendfileEnds extends AsyncDisposable {
  readonly transport: Transport;
  readonly protocol: Recorder;
  readonly peer: Socket;
  /** Reads `count` bytes, or to the end. */
  readonly receive: (count?: number) => Promise<Buffer>;
}

/** Connects a server's transport with a bare socket. */
export async function sendfileEnds(loop: EventLoop): Promise<SendfileEnds> {
  const protocol = new Recorder();
  const server = await loop.createServer(() => protocol, '127.0.0.1', 0);
  const peer = new Socket(AF_INET, SOCK_STREAM);
  // Otherwise its buffer grows to many megabytes.
  peer.setsockopt(SOL_SOCKET, SO_RCVBUF, 65536);
  await loop.sockConnect(peer, server.sockets[0]!.getsockname());
  await protocol.made;
  return {
    transport: protocol.transport,
    protocol,
    peer,
    receive: (count = Infinity) => receive(loop, peer, count),
    [Symbol.asyncDispose]: async () => {
      protocol.transport.abort();
      peer.close();
      server.close();
      await server.waitClosed();
    },
  };
}

/** Reads from a socket. */
export async function receive(loop: EventLoop, socket: Socket, count: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for (let left = count; left > 0;) {
    const chunk = await loop.sockRecv(socket, Math.min(left, 1 << 20));
    if (chunk.length === 0) break;
    chunks.push(chunk);
    left -= chunk.length;
  }
  return Buffer.concat(chunks);
}
