import { run } from '@loop/core';
import { openConnection, startServer } from '@loop/net';

await run(async () => {
  const server = await startServer(async (reader, writer) => {
    for await (const line of reader) writer.write(line);
    writer.close();
  }, '127.0.0.1');
  const [, port] = server.sockets[0].getsockname();
  const [reader, writer] = await openConnection('127.0.0.1', port);
  writer.write(Buffer.from('abc\n'));
  console.log((await reader.readline()).toString().trim());
  writer.close();
  await writer.waitClosed();
  server.close();
  await server.waitClosed();
});
