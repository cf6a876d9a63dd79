import { execFile, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { EventLoop } from '@loop/core';
import { VirtualHost } from '@loop/core/testing';
import { describe, expect, it, vi } from 'vitest';
import { main as currentDate } from './current-date.ts';

const run = promisify(execFile);
const flags = ['--import', 'tsx', '--conditions=@loop/source'];

/** Runs an example to its end: what it printed. */
async function output(name: string, ...args: readonly string[]): Promise<string> {
  const { stdout, stderr } = await run(process.execPath, [...flags, fileOf(name), ...args], {
    env: { ...process.env, CI: '1' },
  });
  expect(stderr).toBe('');
  return stdout;
}

function fileOf(name: string): string {
  return new URL(name, import.meta.url).pathname;
}

function isInstalled(program: string): boolean {
  return spawnSync('which', [program]).status === 0;
}

describe('the examples of the document', () => {
  it('EX-001 prints Hello World, and ends by itself', async () => {
    expect(await output('hello-world.ts')).toBe('Hello World\n');
  });

  it('EX-002 prints the date once a second, five times', async () => {
    const loop = new EventLoop({ host: new VirtualHost({ start: 1000 }) });
    const lines: string[] = [];
    const log = vi.spyOn(console, 'log').mockImplementation((line: string) => lines.push(line));
    try {
      await currentDate(loop);
    } finally {
      log.mockRestore();
    }
    expect(loop.time()).toBe(1004);
    expect(lines).toHaveLength(5);
    for (const line of lines) expect(new Date(line).toISOString()).toBe(line);
  });

  it('EX-002 does so on the real clock, and ends by itself', async () => {
    const lines = (await output('current-date.ts', '0.05', '0.02')).trimEnd().split('\n');
    expect(lines.length).toBeGreaterThan(0);
    expect(lines.length).toBeLessThanOrEqual(3);
    const times = lines.map((line) => Date.parse(line));
    expect(times).toEqual(times.toSorted((a, b) => a - b));
  });

  it('EXFD-001 EXFD-002 EXFD-003 EXFD-004 prints what arrives on a watched socket', async () => {
    expect(await output('watch-descriptor.ts')).toBe('Received: abc\n');
  });
});

/** The echo server as with a terminal, on a port of its own. */
async function startServer(): Promise<{ child: ChildProcess; port: number; lines: string[] }> {
  const child = spawn(process.execPath, [...flags, fileOf('../test/echo-server-by-hand.ts')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines: string[] = [];
  const reader = createInterface(child.stdout);
  const [first] = (await once(reader, 'line')) as [string];
  reader.on('line', (line) => lines.push(line));
  return { child, port: Number(first), lines };
}

async function endServer(child: ChildProcess): Promise<number | null> {
  const closed = once(child, 'close');
  child.kill('SIGINT');
  const [status] = (await closed) as [number | null];
  return status;
}

describe('an extension from outside', () => {
  it('adds a method to the loops, and a source of events that wakes them', async () => {
    const words = ['ready', 'set', 'go'].map((word) => `From the worker: ${word}\n`);
    expect(await output('outside-extension.ts')).toBe(words.join(''));
  });
});

describe('the echo server', () => {
  it('demonstrates itself without a terminal', async () => {
    const text = await output('echo-demonstration.ts');
    expect(text).toMatch(/Echo server on 127\.0\.0\.1:\d+; three clients/);
    expect(text).toContain('client: ada: "hello\\n" came back');
    expect(text).toContain('sent "edsger\\n"');
    expect(text).toContain('All answers were right.');
  });

  it.skipIf(!isInstalled('nc'))('answers nc (needs netcat)', async () => {
    const { child, port } = await startServer();
    const nc = spawn('nc', ['-N', '127.0.0.1', String(port)]);
    const received: Buffer[] = [];
    nc.stdout.on('data', (chunk: Buffer) => received.push(chunk));
    nc.stdin.end('by netcat\n');
    await once(nc, 'close');
    expect(Buffer.concat(received).toString()).toBe('by netcat\n');
    expect(await endServer(child)).toBe(0);
  });

  it.skipIf(!isInstalled('socat'))('answers socat (needs socat)', async () => {
    const { child, port } = await startServer();
    const socat = spawn('socat', ['-', `TCP:127.0.0.1:${port}`]);
    const received: Buffer[] = [];
    socat.stdout.on('data', (chunk: Buffer) => received.push(chunk));
    socat.stdin.end('by socat\n');
    await once(socat, 'close');
    expect(Buffer.concat(received).toString()).toBe('by socat\n');
    expect(await endServer(child)).toBe(0);
  });

  it('ends cleanly on Ctrl-C in the middle of a connection', async () => {
    const { child, port } = await startServer();
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    socket.write('x');
    await once(socket, 'data');
    const ended = once(socket, 'close');
    expect(await endServer(child)).toBe(0);
    await ended;
  });

  it('survives a client that resets the connection', async () => {
    const { child, port } = await startServer();
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    socket.resetAndDestroy();
    const second = connect(port, '127.0.0.1');
    second.write('still there');
    const [answer] = (await once(second, 'data')) as [Buffer];
    expect(answer.toString()).toBe('still there');
    second.destroy();
    expect(await endServer(child)).toBe(0);
  });
});
