/**
 * An echo server to try by hand. Without a terminal it shows itself: clients in another
 * process connect, send, and print what came back.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { getRunningLoop, KeyboardInterrupt, run, wrapFuture } from '@loop/core';
import type { Socket } from '@loop/net';
import '@loop/signals';
import { listen, serve } from './echo-server.ts';

const interactive = process.stdin.isTTY && process.env['CI'] === undefined;

/** Serves until Ctrl-C. */
async function serveTerminal(server: Socket): Promise<void> {
  const [host, port] = server.getsockname() as [string, number];
  console.log(`Echo server on ${host}:${port}. In another terminal:`);
  console.log(`  nc ${host} ${port}      (or: socat - TCP:${host}:${port})`);
  console.log('and type a line. Ctrl-C ends the server.');
  await serve(server, (peer, what) => console.log(`${peer} ${what}`));
}

/** Serves a client process, shows both sides, and ends with it. */
async function demonstrate(server: Socket): Promise<void> {
  const [host, port] = server.getsockname() as [string, number];
  console.log(`Echo server on ${host}:${port}; three clients in another process:`);
  const serving = getRunningLoop().createTask(() =>
    serve(server, (peer, what) => console.log(`server: ${peer} ${what}`)),
  );
  const status = await wrapFuture(runClients(host, port));
  serving.cancel();
  if (status !== 0) throw new Error(`the clients ended with status ${status}`);
  console.log('All answers were right.');
}

/** Runs `echo-client.js`, prints what it prints, and gives its exit status. */
async function runClients(host: string, port: number): Promise<number> {
  const program = new URL('./echo-client.js', import.meta.url).pathname;
  const child = spawn(process.execPath, [program, host, String(port)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  createInterface(child.stdout).on('line', (line) => console.log(`client: ${line}`));
  const [status] = (await once(child, 'close')) as [number];
  return status;
}

try {
  await run(async () => {
    using server = listen(0);
    await (interactive ? serveTerminal(server) : demonstrate(server));
  });
} catch (error) {
  if (!(error instanceof KeyboardInterrupt)) throw error;
  console.log('\nInterrupted: all connections are closed.');
}
