// Core and net: what the other packages bring is not there.
import { getRunningLoop, run } from '@loop/core';
import { openConnection, startServer } from '@loop/net';

await run(async () => {
  await using server = await startServer(async (reader, writer) => {
    for await (const line of reader) writer.write(line);
    writer.close();
  }, '127.0.0.1');
  const [, port] = server.sockets[0]!.getsockname() as [string, number];
  const [reader, writer] = await openConnection('127.0.0.1', port);
  writer.write(Buffer.from('abc\n'));
  const line: Buffer = await reader.readline();
  console.log(line.toString().trim());
  writer.close();
  // @ts-expect-error Without @loop/signals a loop takes no signal handlers.
  getRunningLoop().addSignalHandler('SIGTERM', () => undefined);
}).catch((error: unknown) => error);
