/**
 * Runs the steps of a build, at most two at once, with their output as it comes and a line of progress:
 * `run-build COMMAND...`. Without an argument it builds something small.
 *
 * What to see: the output of children by `for await`, a semaphore, a task group that cancels the other steps when
 * one fails, and that a cancelled step ends its whole tree of processes. Ctrl-C is a cancellation, too.
 */
import { KeyboardInterrupt, run, Semaphore, TaskGroup } from '@loop/core';
import '@loop/signals';
import { createSubprocessShell, DEVNULL, PIPE, STDOUT } from '@loop/subprocess';

const AT_ONCE = 2;
const SMALL = [
  'echo "cc -c parse.c"; sleep 0.1',
  'echo "cc -c print.c"; sleep 0.1; echo "print.c:3: warning: unused variable" >&2',
  'echo "cc -o calc parse.o print.o"',
];

/** A step that did not succeed. */
class StepFailed extends Error {}

async function runStep(name: string, command: string, progress: Progress): Promise<void> {
  const child = await createSubprocessShell(command, {
    stdin: DEVNULL,
    stdout: PIPE,
    stderr: STDOUT,
  });
  try {
    for await (const line of child.stdout ?? []) progress.print(`${name} | ${line.toString()}`);
  } finally {
    // Has no effect on a step that ended by itself.
    await child.terminate({ grace: 2, tree: true });
  }
  if (child.returncode !== 0) throw new StepFailed(`${name} ended with ${child.returncode}`);
  progress.step();
}

/** Lines that go by above one that stays: how much is done. */
class Progress {
  readonly #total: number;
  #done = 0;

  constructor(total: number) {
    this.#total = total;
  }

  print(line: string): void {
    if (!process.stdout.isTTY) console.log(line.trimEnd());
    else process.stdout.write(`\r\u001b[K${line.trimEnd()}\n${this.#bar()}`);
  }

  step(): void {
    this.#done += 1;
    this.print(`[${this.#done}/${this.#total}]`);
  }

  #bar(): string {
    const filled = Math.round((this.#done / this.#total) * 30);
    return `${'█'.repeat(filled).padEnd(30, '░')} ${this.#done} of ${this.#total}`;
  }
}

async function build(commands: readonly string[]): Promise<void> {
  const turn = new Semaphore(AT_ONCE);
  const progress = new Progress(commands.length);
  await TaskGroup.run(async (group) => {
    for (const [index, command] of commands.entries()) {
      const guard = await turn.acquire();
      void group.createTask(async () => {
        using _ = guard;
        await runStep(`step ${index + 1}`, command, progress);
      });
    }
  });
}

const commands = process.argv.slice(2);
try {
  await run(() => build(commands.length > 0 ? commands : SMALL));
  console.log('Built.');
} catch (error) {
  const failed = error instanceof AggregateError ? (error.errors as unknown[]) : [error];
  if (error instanceof KeyboardInterrupt) console.log('\nInterrupted: nothing is left running.');
  else if (failed.every((each) => each instanceof StepFailed)) console.log(failed.join('\n'));
  else throw error;
  process.exitCode = 1;
}
