/** Pipes a file into the socket for each byte: `node.js PEER SIZE PATH`. */
import { createReadStream, truncateSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { announce } from '../server-process.ts';

const [, size = '0', path = ''] = process.argv.slice(2);
writeFileSync(path, '');
truncateSync(path, Number(size));

const server = createServer((socket) => {
  socket.on('data', () => createReadStream(path).pipe(socket, { end: false }));
  socket.on('error', () => {});
});
server.listen({ port: 0, host: '127.0.0.1' }, () =>
  announce((server.address() as AddressInfo).port),
);
