/**
 * A static file server for HTTP/1.1: `file-server [FOLDER [PORT]]` serves a folder until Ctrl-C. Without a
 * terminal and an argument it serves its own folder to a client of its own, and ends.
 *
 * What to see: files go out by `loop.sendfile()`, which the kernel does, and a request is answered by a task
 * which `using` and cancellation clean up behind. What is understood of HTTP is in http-connection.ts.
 */
import { fileURLToPath } from 'node:url';
import { getRunningLoop, KeyboardInterrupt, run, wrapFuture } from '@loop/core';
import '@loop/signals';
import { HttpConnection } from './http-connection.ts';

const HOST = '127.0.0.1';
const interactive = process.stdin.isTTY && process.env['CI'] === undefined;

/** Fetches this file, all of it and a part. */
async function demonstrate(url: string): Promise<void> {
  const whole = await wrapFuture(fetch(`${url}file-server.ts`));
  console.log(`${whole.status} ${whole.headers.get('content-type')}`);
  console.log((await whole.text()).split('\n')[1]);
  const part = await wrapFuture(
    fetch(`${url}file-server.ts`, { headers: { range: 'bytes=7-26', connection: 'close' } }),
  );
  console.log(`${part.status} ${part.headers.get('content-range')?.split('/')[0]}`);
  console.log(await part.text());
  const missing = await wrapFuture(fetch(`${url}nothing`, { headers: { connection: 'close' } }));
  console.log(`${missing.status} ${(await missing.text()).trim()}`);
}

try {
  const [folder, port = '0'] = process.argv.slice(2);
  await run(async () => {
    const root = folder ?? fileURLToPath(new URL('.', import.meta.url));
    await using server = await getRunningLoop().createServer(
      () => new HttpConnection(root),
      HOST,
      Number(port),
    );
    const [, listening] = server.sockets[0]!.getsockname() as [string, number];
    const url = `http://${HOST}:${listening}/`;
    try {
      if (folder === undefined && !interactive) {
        await demonstrate(url);
      } else {
        console.log(`Serving ${root} at ${url}. Ctrl-C ends the server.`);
        await getRunningLoop().createFuture<never>();
      }
    } finally {
      // Connections that are kept for later requests would have the end of the block wait.
      server.abortClients();
    }
  });
} catch (error) {
  if (!(error instanceof KeyboardInterrupt)) throw error;
  console.log('\nInterrupted: the server is closed.');
}
