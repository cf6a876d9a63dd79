import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

/** Runs an example to its end: what it printed. */
async function output(name: string): Promise<string[]> {
  const file = fileURLToPath(new URL(name, import.meta.url));
  const flags = ['--import', 'tsx', '--conditions=@loop/source'];
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [...flags, file]);
  expect(stderr).toBe('');
  return stdout.trimEnd().split('\n');
}

it('STR-001 STR-002 STR-025 chats by lines', async () => {
  const lines = await output('line-chat.ts');
  const seenBy = (name: string): string[] => lines.filter((line) => line.startsWith(name));
  expect(seenBy('Ann')).toEqual([
    'Ann sees: What is your name?',
    'Ann sees: * Bob comes in',
    'Ann sees: Bob: Hello, Ann.',
    'Ann sees: * Bob goes',
  ]);
  expect(seenBy('Bob')).toEqual(['Bob sees: What is your name?', 'Bob sees: Ann: Hello, Bob!']);
});

it('SRVOBJ-019 SRVOBJ-020 SRVOBJ-025 STR-002 serves until it is cancelled, and to the end of a block', async () => {
  expect(await output('serve-forever.ts')).toEqual([
    'Hello, World!',
    'serveForever() ended by CancelledError',
    'Serving: false',
    'Serving inside of the block: true',
    'Serving behind it: false',
  ]);
});
