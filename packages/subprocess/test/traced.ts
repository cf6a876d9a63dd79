import { readdirSync } from 'node:fs';
import { type EventLoop, getRunningLoop, run } from '@loop/core';
import { type OSError, ProactorEventLoop, SelectorEventLoop } from '@loop/net';
import { SubprocessProtocol, type SubprocessTransport } from '@loop/subprocess';

/** Writes down what the child does. */
export class Traced extends SubprocessProtocol {
  readonly trace: string[] = [];
  readonly output: [string, string, string] = ['', '', ''];
  readonly #loop = getRunningLoop();
  readonly finished = this.#loop.createFuture<void>();
  readonly exited = this.#loop.createFuture<void>();
  /** Done with the first output. */
  readonly spoke = this.#loop.createFuture<void>();
  transport: SubprocessTransport | null = null;

  override connectionMade(transport: SubprocessTransport): void {
    this.transport = transport;
    this.trace.push('made');
  }

  override pipeDataReceived(fd: 0 | 1 | 2, data: Buffer): void {
    if (this.output[fd] === '') this.trace.push(`data ${fd}`);
    this.output[fd] += data.toString('latin1');
    if (!this.spoke.done()) this.spoke.setResult();
  }

  override pipeConnectionLost(fd: number, error: Error | null): void {
    this.trace.push(`pipe lost ${fd}${error === null ? '' : ` ${(error as OSError).code}`}`);
  }

  override processExited(): void {
    this.trace.push(`exited ${this.transport?.getReturncode()}`);
    this.exited.setResult();
  }

  override connectionLost(): void {
    this.trace.push('lost');
    this.finished.setResult();
  }
}

/** Both ways to do it: our own pipes and posix_spawn, and Node's pipes and child_process. */
export const loops = [
  ['selector', () => new SelectorEventLoop()],
  ['proactor', () => new ProactorEventLoop()],
] as const;

let makeLoop: () => EventLoop = loops[0][1];

/** Chooses the loops of {@link withLoop}. */
export function useLoops(make: () => EventLoop): void {
  makeLoop = make;
}

export const withLoop = <T>(body: (loop: EventLoop) => Promise<T>): Promise<T> =>
  run(() => body(getRunningLoop()), { loopFactory: makeLoop });

export const node = (code: string) => [process.execPath, '-e', code] as const;

export function openDescriptors(): number {
  return readdirSync('/proc/self/fd').length;
}
