const { run } = require('@loop/core');
const { openConnection, startServer } = require('@loop/net');

void run(async () => {
  const server = await startServer(async (reader, writer) => {
    writer.write(await reader.readline());
    writer.close();
  }, '127.0.0.1');
  const [, port] = server.sockets[0].getsockname();
  const [reader, writer] = await openConnection('127.0.0.1', port);
  writer.write(Buffer.from('abc\n'));
  console.log((await reader.readline()).toString().trim());
  writer.close();
  server.close();
});
