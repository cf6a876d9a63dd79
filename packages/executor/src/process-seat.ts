import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { serialize } from 'node:v8';
import { LongTimer } from './long-timer.ts';
import type { Source } from './offloadable.ts';
import { decodeError } from './remote-error.ts';
import type { Seat, SeatEvents } from './seat.ts';
import { END_WITHIN } from './thread-seat.ts';
import type { Batch, Reply } from './wire.ts';
import { refuseShared } from './worker/unsendable.js';
import { programFile, workerArguments } from './worker-arguments.ts';

/** The first message to a new process. */
export interface ProcessData {
  readonly initializer: Source | null;
  readonly initargs: readonly unknown[];
  readonly name: string;
  readonly program: string;
  /** The process that the pool is in: its child ends with it. */
  readonly parent: number;
  /** Whether each outcome travels alone. */
  readonly prompt: boolean;
}

const ENTRY = fileURLToPath(new URL('./worker/process-entry.js', import.meta.url));

// A program that exits does not wait for its jobs. Threads end with it; a process that computes would not
// even notice.
const busy = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of busy) child.kill('SIGKILL');
});

/** A child process that runs jobs; what it was given counts as running. */
export class ProcessSeat implements Seat {
  readonly depth: number;
  readonly #child: ChildProcess;
  readonly #exited: Promise<void>;
  /** What the process said before it ended by itself. */
  #lastWord: Error | undefined;
  #ending = false;

  /** @throws {DOMException} The initializer's arguments cannot be serialised. */
  constructor(depth: number, data: Omit<ProcessData, 'program' | 'parent'>, events: SeatEvents) {
    const first: ProcessData = { ...data, program: programFile(), parent: process.pid };
    // Rather now than when there is a process to get rid of.
    serialize(first);
    this.depth = depth;
    const execArgv = workerArguments();
    this.#child = fork(ENTRY, [], {
      serialization: 'advanced',
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      ...(execArgv && { execArgv }),
    });
    this.#child.on('message', (reply: unknown) => this.#receive(reply as Reply, events));
    this.#exited = this.#watch(events);
    this.#child.send(first);
    this.release();
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  post(batch: Batch, transfer: readonly unknown[]): void {
    if (transfer.length > 0) {
      throw new TypeError('a process shares no memory: nothing can be transferred to it');
    }
    for (const [, , args] of batch.jobs) refuseShared(args, 'args');
    this.#child.send(batch);
  }

  withdraw(): boolean {
    return false;
  }

  started(): boolean {
    return true;
  }

  over(): boolean {
    return false;
  }

  abort(sequence: number): void {
    if (this.#child.connected) this.#child.send(sequence);
  }

  hold(): void {
    busy.add(this.#child);
    this.#child.ref();
    // Bun has neither here; there the channel goes with its child.
    this.#child.channel?.ref?.();
  }

  release(): void {
    busy.delete(this.#child);
    this.#child.unref();
    this.#child.channel?.unref?.();
  }

  async end(): Promise<void> {
    this.#ending = true;
    this.hold();
    if (this.#child.connected) this.#child.disconnect();
    const late = new LongTimer(END_WITHIN, () => this.#child.kill('SIGKILL'));
    await this.#exited;
    late.cancel();
  }

  async terminate(): Promise<void> {
    this.#ending = true;
    this.hold();
    this.#child.kill('SIGKILL');
    await this.#exited;
  }

  #receive(reply: Reply, events: SeatEvents): void {
    if (reply.died === undefined) events.reply(reply);
    else this.#lastWord = decodeError(reply.died);
  }

  /** Resolves when the process is gone, or never came to be, and has been listened to to the end. */
  #watch(events: SeatEvents): Promise<void> {
    const child = this.#child;
    return new Promise((resolve) => {
      const gone = (how: string, cause: unknown): void => {
        busy.delete(child);
        resolve();
        if (!this.#ending) events.died(how, cause);
      };
      // Also what cannot be sent to a process that is just dying: its exit follows.
      child.on('error', (error) => {
        if (child.pid === undefined) gone(`did not start: ${error.message}`, error);
      });
      child.on('exit', (code, signal) => {
        const heard = (): void => gone(howItEnded(code, signal, this.#lastWord), this.#lastWord);
        if (child.connected) child.once('disconnect', heard);
        else heard();
      });
    });
  }
}

function howItEnded(
  code: number | null,
  signal: NodeJS.Signals | null,
  lastWord: Error | undefined,
): string {
  if (lastWord !== undefined) return `died: ${lastWord.name}: ${lastWord.message}`;
  return signal === null ? `exited with code ${code}` : `was killed by ${signal}`;
}
