/**
 * Runs for an hour, or until SIGINT or SIGTERM: the handler prints the signal and stops the loop. Since
 * that ends the run before main has, `run()` rejects, as the reference's does.
 */
import { getRunningLoop, run, sleep, type EventLoop } from '@loop/core';
import '@loop/signals';

function askExit(signalName: string, loop: EventLoop): void {
  console.log(`got signal ${signalName}: exit`);
  loop.stop();
}

async function main(): Promise<void> {
  const loop = getRunningLoop();
  for (const signalName of ['SIGINT', 'SIGTERM'] as const) {
    loop.addSignalHandler(signalName, askExit, signalName, loop);
  }
  await sleep(3600);
}

console.log('Event loop running for 1 hour, press Ctrl+C to interrupt.');
console.log(`pid ${process.pid}: send SIGINT or SIGTERM to exit.`);

await run(main);
