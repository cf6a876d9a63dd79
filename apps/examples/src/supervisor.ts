/**
 * Keeps a program running: `supervisor COMMAND`. When it ends it is started again, later each time it ends
 * early. SIGTERM, or Ctrl-C, ends it within a deadline: it is asked first, with all that it has started, then
 * killed. Without an argument it shows itself with a program that fails, and ends after the third.
 *
 * What to see: a signal that sets an event, two things waited for at once, `terminate({ grace, tree })`, and
 * `shutdownTasks`, which names who would not end.
 */
import {
  createTask,
  Event,
  FIRST_COMPLETED,
  getRunningLoop,
  run,
  sleep,
  type Task,
  TimeoutError,
  wait,
  waitFor,
} from '@loop/core';
import { shutdownTasks } from '@loop/signals';
import { createSubprocessShell } from '@loop/subprocess';

const GRACE = 2;
const DEADLINE = 5;
const demonstrated = 'echo "working"; sleep 0.05; exit 3';

/** Runs `command` again and again until it is told to stop. */
async function supervise(command: string, stop: Event, starts: number): Promise<void> {
  const stopping = createTask(() => stop.wait(), { name: 'stopping' });
  let pause = 0.1;
  for (let start = 1; start <= starts && !stop.isSet(); start += 1) {
    const before = getRunningLoop().time();
    const child = await createSubprocessShell(command, { stdin: null });
    console.log(`started ${start}: pid ${child.pid}`);
    const ending = createTask(() => child.wait());
    await wait([ending, stopping], { returnWhen: FIRST_COMPLETED });
    if (!ending.done()) {
      const returncode = await child.terminate({ grace: GRACE, tree: true });
      console.log(`stopped: return code ${returncode}`);
      return;
    }
    console.log(`ended with ${child.returncode}`);
    if (start < starts) await stopsWithin(stop, pause);
    pause = getRunningLoop().time() - before > 10 ? 0.1 : Math.min(pause * 2, 30);
  }
}

/** Waits for so long, or until it is told to stop. */
async function stopsWithin(stop: Event, seconds: number): Promise<void> {
  try {
    await waitFor(stop.wait(), seconds);
  } catch (error) {
    if (!(error instanceof TimeoutError)) throw error;
  }
}

async function main(command: string, starts: number): Promise<void> {
  const loop = getRunningLoop();
  const stop = new Event();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    loop.addSignalHandler(signal, () => stop.set());
  }
  // Other work that the program has: it notices its cancellation, and cleans up.
  const reporting: Task = createTask(() => report(), { name: 'report' });
  await supervise(command, stop, starts);
  await shutdownTasks({ deadline: DEADLINE });
  console.log(reporting.cancelled() ? 'all tasks have ended' : 'the report is complete');
}

async function report(): Promise<void> {
  for (;;) await sleep(3600);
}

const [command] = process.argv.slice(2);
await run(() => main(command ?? demonstrated, command === undefined ? 3 : Infinity));
