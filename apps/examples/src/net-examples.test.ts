import { execFile, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const flags = ['--import', 'tsx', '--conditions=@loop/source'];
const fileOf = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const run = promisify(execFile);

/** Runs an example to its end: what it printed. */
async function output(name: string): Promise<string[]> {
  const { stdout, stderr } = await run(process.execPath, [...flags, fileOf(name)]);
  expect(stderr).toBe('');
  return stdout.trimEnd().split('\n');
}

/** An example that serves until it is interrupted, and the first line that it prints. */
async function serving(name: string, ...args: string[]) {
  const program = spawn(process.execPath, [...flags, fileOf(name), ...args]);
  const lines = createInterface(program.stdout)[Symbol.asyncIterator]();
  const { value } = await lines.next();
  return {
    first: String(value),
    interrupt: async () => {
      program.kill('SIGINT');
      const [status] = (await once(program, 'close')) as [number];
      return status;
    },
  };
}

it('PROTO-001 echoes over TCP, by a protocol on each side', async () => {
  const lines = await output('tcp-echo.ts');
  expect(lines.filter((line) => /^Data sent|came back|^The server/.test(line))).toEqual([
    'Data sent: "Hello World!"',
    'Data came back: "Hello World!"',
    'The server closed the connection',
  ]);
  expect(lines.filter((line) => /^Connection|received|^Sent/.test(line))).toEqual([
    'Connection made',
    'Data received: "Hello World!"',
    'Sent it back, and closed the connection',
  ]);
});

it('CONN-036 finds open ports', async () => {
  const [first = '', ...found] = await output('port-scanner.ts');
  const own = first.match(/\d+/g)?.map((port) => `  ${port}`) ?? [];
  expect(own).toHaveLength(2);
  expect(found).toEqual(expect.arrayContaining(own));
});

it('refuses ports that are none', async () => {
  const scanning = run(process.execPath, [...flags, fileOf('port-scanner.ts'), '127.0.0.1', '9-x']);
  await expect(scanning).rejects.toMatchObject({
    stderr: expect.stringContaining('Expected ports as 8080 or 1-1024, got "9-x"') as string,
  });
});

describe('the chat server', () => {
  it('TR-026 holds a talker up while a listener sleeps', async () => {
    expect(await output('chat-server.ts')).toEqual([
      'The talker is held up before the end: true',
      'The server keeps less than a megabyte for the listener: true',
      'The listener wakes up, and hears all 32 megabytes',
    ]);
  });

  it('tells everybody else, until it is interrupted', async () => {
    const { first, interrupt } = await serving('chat-server.ts', 'serve');
    const port = Number(/nc 127\.0\.0\.1 (\d+)/.exec(first)?.[1]);
    const [ann, bob] = [connect(port), connect(port)];
    await Promise.all([once(ann, 'connect'), once(bob, 'connect')]);
    // Who is heard is in the room.
    const saying = setInterval(() => bob.write('Hello, Ann!\n'), 20);
    const [heard] = (await once(ann, 'data')) as [Buffer];
    clearInterval(saying);
    expect(heard.toString()).toContain('Hello, Ann!');
    const ended = Promise.all([once(ann, 'close'), once(bob, 'close')]);
    expect(await interrupt()).toBe(0);
    ann.destroy();
    bob.destroy();
    await ended;
  });
});

it('SENDFILE-001 serves its own folder to itself', async () => {
  expect(await output('file-server.ts')).toEqual([
    '200 text/plain; charset=utf-8',
    expect.stringMatching(/^ \* A static file server/),
    '206 bytes 7-26',
    'A static file server',
    '404 404 Not Found',
  ]);
});

const hasCurl = spawnSync('curl', ['--version']).status === 0;

describe.skipIf(!hasCurl)('the file server and curl', () => {
  const folder = mkdtempSync(join(tmpdir(), 'files-'));
  const large = Buffer.alloc(5_000_000, 'large ');
  let server!: Awaited<ReturnType<typeof serving>>;
  let url = '';

  beforeAll(async () => {
    const root = join(folder, 'root');
    mkdirSync(join(root, 'sub'), { recursive: true });
    writeFileSync(join(root, 'large.bin'), large);
    writeFileSync(join(root, 'index.html'), '<p>Index</p>');
    writeFileSync(join(root, 'sub', 'a b.txt'), '0123456789');
    writeFileSync(join(root, 'empty.json'), '');
    writeFileSync(join(folder, 'secret.txt'), 'secret');
    symlinkSync(join(folder, 'secret.txt'), join(root, 'link.txt'));
    server = await serving('file-server.ts', root);
    url = /http:\S+\//.exec(server.first)?.[0] ?? '';
  });

  afterAll(async () => {
    const status = await server.interrupt();
    rmSync(folder, { recursive: true });
    if (status !== 0) throw new Error(`The server ended with status ${status}`);
  });

  const curl = async (...args: string[]): Promise<string> =>
    (await run('curl', ['-sS', '--path-as-is', ...args], { maxBuffer: 1 << 24 })).stdout;
  const status = (...args: string[]): Promise<string> =>
    curl('-o', '/dev/null', '-w', '%{http_code}', ...args);

  it('SENDFILE-001 sends files, large and empty ones', async () => {
    expect(await curl(`${url}large.bin`)).toBe(large.toString());
    expect(await curl(`${url}empty.json`)).toBe('');
    expect(await curl(url)).toBe('<p>Index</p>');
    expect(await curl(`${url}sub/a%20b.txt?query`)).toBe('0123456789');
  });

  it('SENDFILE-003 sends the part that is asked for', async () => {
    const part = (range: string): Promise<string> => curl('-r', range, `${url}sub/a%20b.txt`);
    expect([await part('2-4'), await part('7-'), await part('-2')]).toEqual(['234', '789', '89']);
    expect(await status('-r', '2-4', `${url}sub/a%20b.txt`)).toBe('206');
    expect(await status('-r', '10-', `${url}sub/a%20b.txt`)).toBe('416');
  });

  it('tells of a file without sending it, and keeps the connection', async () => {
    const head = await curl('-I', `${url}large.bin`);
    expect(head).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(head).toContain('Content-Length: 5000000\r\n');
    const quiet = ['-o', '/dev/null', '-o', '/dev/null', '-w', '%{num_connects} '];
    const connects = await curl(...quiet, `${url}large.bin`, url);
    expect(connects).toBe('1 0 ');
    expect(await curl('--http1.0', '-i', url)).toContain('Connection: close\r\n');
  });

  it('gives nothing away from outside of the folder, and refuses what it does not do', async () => {
    const refused = ['../secret.txt', '%2e%2e/secret.txt', 'link.txt', 'sub', 'nothing', '%zz'];
    const answers = await Promise.all(refused.map((path) => status(`${url}${path}`)));
    expect(answers).toEqual(refused.map(() => '404'));
    expect(await status('-X', 'DELETE', url)).toBe('405');
    expect(await status('-d', 'body', url)).toBe('400');
    expect(await status('-H', `X: ${'x'.repeat(20_000)}`, url)).toBe('431');
  });
});
