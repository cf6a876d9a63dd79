import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { expect, it, onTestFinished } from 'vitest';
import { everywhere } from './everywhere.ts';

const program = fileURLToPath(new URL('everywhere.ts', import.meta.url));
const chromium = ['chromium', 'chromium-browser', 'google-chrome'].find(
  (name) => spawnSync('which', [name]).status === 0,
);

/** The program and all of core, as a page would load it: nothing of Node may be in it. */
async function bundle(): Promise<string> {
  const { outputFiles, warnings } = await build({
    stdin: {
      contents: `
        import { everywhere } from ${JSON.stringify(program)};
        const report = (body) => fetch('/report', { method: 'POST', body: JSON.stringify(body) });
        everywhere().then(report, (error) => report([String(error?.stack ?? error)]));
      `,
      resolveDir: '.',
    },
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'browser',
    conditions: ['@loop/source'],
    target: 'es2022',
  });
  expect(warnings).toEqual([]);
  return outputFiles[0]?.text ?? '';
}

/** Has `browser` load a page with the script; what the script reports. */
async function inBrowser(browser: string, script: string): Promise<unknown> {
  const server = createServer((request, response) => {
    if (request.url === '/report') {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => server.emit('report', JSON.parse(body)));
      response.end();
    } else if (request.url === '/script.js') {
      response.setHeader('content-type', 'text/javascript').end(script);
    } else {
      response
        .setHeader('content-type', 'text/html')
        .end('<script type="module" src="/script.js"></script>');
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const profile = mkdtempSync(join(tmpdir(), 'loop-browser-'));
  const child: ChildProcess = spawn(
    browser,
    [
      '--headless=new',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      `--user-data-dir=${profile}`,
      `http://127.0.0.1:${port}/`,
    ],
    { stdio: 'ignore', detached: true },
  );
  onTestFinished(async () => {
    const gone = child.exitCode === null && child.signalCode === null ? once(child, 'exit') : null;
    // All of its processes, which are a group.
    if (gone !== null) process.kill(-(child.pid as number), 'SIGKILL');
    await gone;
    server.closeAllConnections();
    server.close();
    rmSync(profile, { recursive: true, force: true, maxRetries: 10 });
  });
  child.once('exit', (status) => {
    server.emit('error', new Error(`The browser ended with ${status}`));
  });
  const [report] = (await once(server, 'report')) as [unknown];
  child.removeAllListeners('exit');
  return report;
}

const expected = [
  'running true',
  'callback one',
  'callback two',
  'sooner',
  'later',
  'child in a child',
  'main',
  'generator,async',
  'cleaned up true',
  'true',
  'timeout true',
  'item 1',
  'item 2',
  'item 3',
  'RangeError: broken',
  'fetched',
];

it('does the same on every runtime', async () => {
  expect(await everywhere()).toEqual(expected);
});

it('is bundled for a browser without anything of Node', async () => {
  expect(await bundle()).not.toMatch(/(?:from|import|require)\s*\(?["']node:/);
});

it.skipIf(chromium === undefined)('runs in a browser (needs Chromium)', async () => {
  expect(await inBrowser(chromium as string, await bundle())).toEqual(expected);
});
