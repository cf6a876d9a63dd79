import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { codeBlocks, type CodeBlock } from './code-blocks.ts';
import { completed } from './fragments.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
// Below this package, so that they find what it depends on.
const folder = fileURLToPath(new URL('../blocks', import.meta.url));

function filesOf(parent: string, wanted: RegExp): string[] {
  return readdirSync(`${root}${parent}`, { recursive: true, encoding: 'utf8' })
    .filter((name) => wanted.test(name) && !/node_modules|dist/.test(name))
    .map((name) => `${parent}/${name}`);
}

const files = [
  'README.md',
  ...filesOf('docs', /\.md$/),
  ...filesOf('packages', /^[^/]+\/README\.md$/),
  ...filesOf('packages', /^[^/]+\/src\/.*(?<!\.test|\.test-d)\.ts$/),
];
const blocks = files
  .flatMap((file) => codeBlocks(root, file))
  .map((block, index) => ({ ...block, file: `${String(index).padStart(3, '0')}.ts` }));

beforeAll(() => {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  const compilerOptions = { noEmit: true, skipLibCheck: true };
  const tsconfig = { extends: '../../../tsconfig.base.json', compilerOptions, include: ['.'] };
  writeFileSync(`${folder}/tsconfig.json`, JSON.stringify(tsconfig));
  writeFileSync(`${folder}/cpu.ts`, 'export declare function cpuBound(upTo: number): number;\n');
  for (const { code, whole, file } of blocks) {
    writeFileSync(`${folder}/${file}`, whole ? `${code}\n` : completed(code));
  }
  return () => rmSync(folder, { recursive: true, force: true });
});

/** Runs a program to its end: all that it printed. */
async function output(file: string, end: CodeBlock['end']): Promise<string> {
  const flags = ['--import', 'tsx', '--conditions=@loop/source'];
  const child = spawn(process.execPath, [...flags, `${folder}/${file}`], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let printed = '';
  let told = end === null;
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      printed += text;
      if (told || end === null || !printed.includes(end.after)) return;
      told = true;
      child.kill(end.signal);
    });
  }
  const [status, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
  const asked =
    end !== null && (signal === end.signal || (status === 130 && end.signal === 'SIGINT'));
  expect({ status: asked ? 0 : status, printed }).toEqual({ status: 0, printed });
  return printed;
}

const words = (text: string): string => text.replace(/\s+/g, ' ').trim();

describe('the code in documents', () => {
  it('compiles', async () => {
    const tsc = `${root}node_modules/.bin/tsc`;
    const { stdout } = await promisify(execFile)(tsc, ['-p', folder]).catch(
      (error: { stdout: string }) => error,
    );
    const at = new Map(blocks.map((block) => [block.file, block.at]));
    const errors = stdout.replace(/^\S*?(\d{3}\.ts)/gm, (_, file: string) => at.get(file) ?? file);
    expect(errors).toBe('');
  });

  it.each(blocks.filter(({ whole }) => whole))(
    'does at $at what it says',
    async ({ file, prints, end }) => {
      let rest = words(await output(file, end));
      for (const line of prints) {
        expect(rest).toContain(words(line));
        rest = rest.slice(rest.indexOf(words(line)) + words(line).length);
      }
    },
  );
});
