// All packages; those that are imported for what they add.
import { getRunningLoop, run } from '@loop/core';
import { socketpair } from '@loop/net';
import '@loop/executor';
import '@loop/signals';
import '@loop/subprocess';

await run(async () => {
  const loop = getRunningLoop();
  const [left, right] = socketpair();
  const received = loop.createFuture<Uint8Array>();
  loop.addReader(left, () => received.setResult(left.recv(100)));
  loop.callSoon(() => right.send(Buffer.from('abc')));
  console.log(Buffer.from(await received).toString());
  loop.removeReader(left);
  left.close();
  right.close();
});
