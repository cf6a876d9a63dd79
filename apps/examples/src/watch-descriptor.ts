/** Watches one end of a socket pair; prints `Received: abc` when the other end has sent it. */
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
// What the network would do.
loop.callSoon(() => wsock.send(Buffer.from('abc')));
try {
  await loop.runForever();
} finally {
  rsock.close();
  wsock.close();
  loop.close();
}
