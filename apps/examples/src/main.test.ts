import { execFile, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { choose, examples, listing } from './catalogue.ts';

const run = promisify(execFile);
const folder = fileURLToPath(new URL('.', import.meta.url));
const command = ['--import', 'tsx', '--conditions=@loop/source', `${folder}main.ts`];

/** What programs are made of. */
const parts = [
  'main.ts',
  'catalogue.ts',
  'echo-server.ts',
  'http-connection.ts',
  'mail-sink-server.ts',
  'throwaway-certificate.ts',
];

describe('the list of examples', () => {
  it('has every program of this folder, and the README too', () => {
    const readme = readFileSync(`${folder}../README.md`, 'utf8');
    const isProgram = (file: string): boolean =>
      file.endsWith('.ts') && !file.endsWith('.test.ts') && !parts.includes(file);
    const programs = readdirSync(folder).filter(isProgram);
    expect(examples.map(({ file }) => file).toSorted()).toEqual(programs.toSorted());
    expect(programs.filter((file) => !readme.includes(`(src/${file})`))).toEqual([]);
  });

  it.each(['hello-world', 'hello', '2', ' 2 '])('finds hello-world by "%s"', (choice) => {
    expect(choose(choice).name).toBe('hello-world');
  });

  it('says what there is when a choice is none', () => {
    expect(() => choose('nothing')).toThrow(
      /^Expected one of echo, hello-world, .*, got "nothing"$/,
    );
    expect(() => choose('0')).toThrow(RangeError);
    expect(() => choose('')).toThrow(RangeError);
    expect(() => choose('u')).toThrow(/^Expected one of udp-echo, unix-socket, or/);
  });
});

describe('the start command', () => {
  it('prints the list', async () => {
    const { stdout } = await run(process.execPath, [...command, 'list']);
    expect(stdout).toBe(`${listing()}\n`);
  });

  it('runs what is named', async () => {
    const { stdout } = await run(process.execPath, [...command, 'hello']);
    expect(stdout).toBe('Hello World\n');
  });

  it('runs the echo server without a choice and a terminal', async () => {
    const { stdout } = await run(process.execPath, command);
    expect(stdout).toContain('All answers were right.');
  });

  it('ends with 2 for a choice that there is not', async () => {
    const failed = run(process.execPath, [...command, 'nothing']);
    await expect(failed).rejects.toMatchObject({ code: 2, stdout: '' });
  });

  const hasScript = spawnSync('script', ['--version']).status === 0;
  it.skipIf(!hasScript)('asks on a terminal (needs script of util-linux)', () => {
    const line = [process.execPath, ...command].map((part) => `'${part}'`).join(' ');
    const { CI: _, ...env } = process.env;
    const { stdout } = spawnSync('script', ['-qec', line, '/dev/null'], {
      input: 'nothing\n2\n',
      env,
      encoding: 'utf8',
    });
    expect(stdout).toContain('got "nothing"');
    expect(stdout).toContain('Hello World');
  });
});
