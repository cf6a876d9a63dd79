import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it, vi } from 'vitest';
import './needs-ffi.ts';

it('the example of the README prints what it says', async () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const example = /```ts\n([\s\S]*?)```/.exec(readme)![1]!;
  const promised = [...example.matchAll(/; \/\/ (.*)/g)].map(([, text]) => text);
  const folder = fileURLToPath(new URL('../.reports/', import.meta.url));
  const file = `${folder}readme-${process.pid}.ts`;
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, example.replace("'@loop/posix'", "'../src/index.ts'"));
  const printed: string[] = [];
  const log = vi.spyOn(console, 'log').mockImplementation((...words) => {
    printed.push(words.join(' '));
  });
  try {
    await import(file);
  } finally {
    log.mockRestore();
    rmSync(file);
  }
  expect(promised).toHaveLength(2);
  expect(printed).toEqual(promised);
});
