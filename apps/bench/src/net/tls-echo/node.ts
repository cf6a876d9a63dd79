/** An echo server of Node's over TLS: `node.js PEER PATH`. */
import { createServer } from 'node:tls';
import type { AddressInfo } from 'node:net';
import { announce } from '../server-process.ts';
import { makeCertificate } from './certificate.ts';

const BACKLOG = 4096;
const [, path = ''] = process.argv.slice(2);

const server = createServer({ ...makeCertificate(path), noDelay: true }, (socket) => {
  socket.on('data', (data) => socket.write(data));
  socket.on('error', () => {});
});
server.on('tlsClientError', () => {});
server.listen({ port: 0, host: '127.0.0.1', backlog: BACKLOG }, () =>
  announce((server.address() as AddressInfo).port),
);
