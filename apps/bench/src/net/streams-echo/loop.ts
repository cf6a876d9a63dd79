/** An echo server of ours on streams: `loop.js PEER generator|asynchronous`. */
import { run } from '@loop/core';
import { startServer, type StreamReader, type StreamWriter } from '@loop/net';
import { ownLoop } from '../own-loop.ts';
import { announce } from '../server-process.ts';

const BACKLOG = 4096;
const MOST = 256 * 1024;

async function asynchronous(reader: StreamReader, writer: StreamWriter): Promise<void> {
  await using _ = writer;
  for (;;) {
    const data = await reader.read(MOST);
    if (data.length === 0) break;
    writer.write(data);
    await writer.drain();
  }
}

function* generator(reader: StreamReader, writer: StreamWriter) {
  try {
    for (;;) {
      const data = yield* reader.read(MOST);
      if (data.length === 0) break;
      writer.write(data);
      yield* writer.drain();
    }
  } finally {
    writer.close();
  }
}

const [peer, style] = process.argv.slice(2);
const loopFactory = ownLoop(peer);
if (loopFactory === undefined) throw new Error(`This version has no ${peer}`);
const callback = style === 'generator' ? generator : asynchronous;

await run(
  async () => {
    const server = await startServer(callback, '127.0.0.1', 0, { backlog: BACKLOG });
    announce((server.sockets[0]!.getsockname() as [string, number])[1]);
    await server.serveForever();
  },
  { loopFactory },
);
