import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { serialize } from 'node:v8';
import type { Source } from './offloadable.ts';
import type { Seat, SeatEvents } from './seat.ts';
import type { Batch, Reply } from './wire.ts';

/** The first message to a new process. */
export interface ProcessData {
  readonly initializer: Source | null;
  readonly initargs: readonly unknown[];
  readonly name: string;
}

const ENTRY = fileURLToPath(new URL('./process-entry.js', import.meta.url));

/** A child process that runs jobs; what it was given counts as running. */
export class ProcessSeat implements Seat {
  readonly depth: number;
  readonly #child: ChildProcess;
  readonly #exited: Promise<unknown>;
  #ending = false;

  constructor(depth: number, data: ProcessData, events: SeatEvents) {
    this.depth = depth;
    this.#child = fork(ENTRY, [], {
      serialization: 'advanced',
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    this.#exited = once(this.#child, 'exit');
    this.#exited.catch(() => {});
    let failure: unknown;
    this.#child.on('message', (reply) => events.reply(reply as Reply));
    this.#child.on('error', (error) => {
      failure = error;
      if (this.#child.pid === undefined && !this.#ending)
        events.died(`did not start: ${error.message}`, error);
    });
    this.#child.on('exit', (code, signal) => {
      if (!this.#ending) {
        events.died(
          signal === null ? `exited with code ${code}` : `was killed by ${signal}`,
          failure,
        );
      }
    });
    this.#child.send(data);
    this.release();
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  post(batch: Batch, transfer: readonly unknown[]): void {
    if (transfer.length > 0) {
      throw new TypeError('a process shares no memory: nothing can be transferred to it');
    }
    // Sending reports what cannot be cloned too late to tell the job by it.
    serialize(batch);
    this.#child.send(batch);
  }

  withdraw(): boolean {
    return false;
  }

  started(): boolean {
    return true;
  }

  abort(sequence: number): void {
    if (this.#child.connected) this.#child.send(sequence);
  }

  hold(): void {
    this.#child.ref();
    this.#child.channel?.ref();
  }

  release(): void {
    this.#child.unref();
    this.#child.channel?.unref();
  }

  async terminate(): Promise<void> {
    this.#ending = true;
    this.hold();
    if (this.#child.pid === undefined) return;
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    this.#child.kill('SIGKILL');
    await this.#exited;
  }
}
