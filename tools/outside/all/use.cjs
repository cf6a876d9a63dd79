const { getRunningLoop, run } = require('@loop/core');
const { socketpair } = require('@loop/net');
require('@loop/executor');
require('@loop/signals');
require('@loop/subprocess');

run(async () => {
  const loop = getRunningLoop();
  const [left, right] = socketpair();
  const received = loop.createFuture();
  loop.addReader(left, () => received.setResult(left.recv(100)));
  loop.callSoon(() => right.send(Buffer.from('abc')));
  console.log(Buffer.from(await received).toString());
  loop.removeReader(left);
  left.close();
  right.close();
});
