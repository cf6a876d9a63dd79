/**
 * The document's two ways to keep a server: `serveForever()`, which ends by being cancelled, and a block
 * at whose end it is closed.
 */
import { createTask, getRunningLoop, run } from '@loop/core';
import {
  openConnection,
  Protocol,
  type Server,
  startServer,
  type StreamReader,
  type StreamWriter,
} from '@loop/net';

/** Communicates with the client by the reader and the writer. */
async function clientConnected(reader: StreamReader, writer: StreamWriter): Promise<void> {
  await using _ = writer;
  const name = (await reader.readline()).toString().trim();
  writer.write(Buffer.from(`Hello, ${name}!\n`));
}

const portOf = (server: Server): number =>
  (server.sockets[0]!.getsockname() as [string, number])[1];

await run(async () => {
  const server = await startServer(clientConnected, '127.0.0.1', 0);
  const serving = createTask(() => server.serveForever());

  const [reader, writer] = await openConnection('127.0.0.1', portOf(server));
  writer.write(Buffer.from('World\n'));
  console.log((await reader.readline()).toString().trim());
  writer.close();
  await writer.waitClosed();

  serving.cancel();
  await serving.catch((error) => console.log(`serveForever() ended by ${(error as Error).name}`));
  console.log(`Serving: ${server.isServing()}`);
});

await run(async () => {
  const outside = await (async () => {
    await using server = await getRunningLoop().createServer(() => new Protocol(), '127.0.0.1', 0);
    console.log(`Serving inside of the block: ${server.isServing()}`);
    return server;
  })();
  // At this point, the server is closed and no longer accepts new connections.
  console.log(`Serving behind it: ${outside.isServing()}`);
});
