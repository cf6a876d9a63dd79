/** An echo server of Node's: `node.js PEER tcp|unix PATH`. */
import { createServer, type AddressInfo } from 'node:net';
import { announce } from '../server-process.ts';

const BACKLOG = 4096;
const [, kind, path = ''] = process.argv.slice(2);

const server = createServer({ noDelay: true }, (socket) => {
  socket.on('data', (data) => socket.write(data));
  socket.on('error', () => {});
});
if (kind === 'unix') server.listen({ path, backlog: BACKLOG }, () => announce(path));
else {
  server.listen({ port: 0, host: '127.0.0.1', backlog: BACKLOG }, () =>
    announce((server.address() as AddressInfo).port),
  );
}
