/**
 * `pnpm start [name or number] [arguments]`: runs one of the examples; without a choice it asks which, and without a
 * terminal it runs the echo server, which then demonstrates itself. `pnpm start list` prints them all.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { choose, type Example, examples, listing } from './catalogue.ts';

const interactive = process.stdin.isTTY && process.env['CI'] === undefined;

/** Asks until the answer is an example, and an empty one is the first; `null` at the end of the input. */
async function ask(): Promise<Example | null> {
  console.log(listing());
  const terminal = createInterface({
    input: process.stdin,
    output: process.stdout,
    prompt: 'Which one? [1] ',
  });
  terminal.once('SIGINT', () => process.exit(130));
  terminal.prompt();
  try {
    for await (const answer of terminal) {
      try {
        return choose(answer.trim() === '' ? '1' : answer);
      } catch (error) {
        console.log((error as RangeError).message);
        terminal.prompt();
      }
    }
    return null;
  } finally {
    terminal.close();
  }
}

/** Runs it in a process of its own, as if it were typed, and ends as it ends. */
async function start({ file }: Example, args: readonly string[]): Promise<void> {
  const path = fileURLToPath(new URL(file, import.meta.url));
  // The terminal sends Ctrl-C to both: it is the example's.
  process.on('SIGINT', () => undefined);
  const flags = ['--import', 'tsx', '--conditions=@loop/source'];
  const child = spawn(process.execPath, [...flags, path, ...args], { stdio: 'inherit' });
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  const [status, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
  process.exitCode = status ?? 1;
  if (signal === null) return;
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
}

const [choice, ...args] = process.argv.slice(2);
if (choice === 'list' || choice === '--list') console.log(listing());
else {
  try {
    const first = examples[0] as Example;
    const chosen = choice === undefined ? (interactive ? await ask() : first) : choose(choice);
    if (chosen !== null) await start(chosen, args);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    console.error(error.message);
    process.exitCode = 2;
  }
}
