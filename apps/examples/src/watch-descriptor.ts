/**
 * Watches one end of a socket pair for read events.
 *
 * What to see: `Received: abc`, once. The other end has sent it; the callback removes its own watch and
 * stops the loop.
 */
import { newEventLoop } from '@loop/core';
import { socketpair } from '@loop/net';

const [rsock, wsock] = socketpair();
const loop = newEventLoop();

function reader(): void {
  const data = rsock.recv(100);
  console.log('Received:', data.toString());
  // We are done: unregister the descriptor.
  loop.removeReader(rsock);
  loop.stop();
}

loop.addReader(rsock, reader);
// Stands for data that comes from the network.
loop.callSoon(() => wsock.send(Buffer.from('abc')));
try {
  await loop.runForever();
} finally {
  rsock.close();
  wsock.close();
  loop.close();
}
