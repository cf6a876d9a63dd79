/** A loop in a worker thread: `workerData.rounds` words to the echo server at `workerData.port`, and back. */
import { parentPort, workerData } from 'node:worker_threads';
import { register } from 'tsx/esm/api';

register();
const { run, sleep } = await import('@loop/core');
const { openConnection, socketpair } = await import('@loop/net');

// Node cannot end a thread in which an addon is being loaded; the first call loads koffi.
for (const socket of socketpair()) socket.close();

parentPort?.postMessage('loaded');
await run(async () => {
  const [reader, writer] = await openConnection('127.0.0.1', workerData.port);
  for (let round = 0; round < workerData.rounds; round++) {
    const word = `round ${round}\n`;
    writer.write(Buffer.from(word));
    const answer = String(await reader.readline());
    if (answer !== word) throw new Error(`Expected ${word}, got ${answer}`);
    await sleep(0.001);
  }
  writer.close();
  await writer.waitClosed();
});
parentPort?.postMessage('all came back');
