/** A UDP echo server of Node's: `node.js PEER`. */
import { createSocket } from 'node:dgram';
import { announce } from '../server-process.ts';

const socket = createSocket('udp4');
socket.on('message', (data, { port, address }) => socket.send(data, port, address));
socket.bind(0, '127.0.0.1', () => announce(socket.address().port));
