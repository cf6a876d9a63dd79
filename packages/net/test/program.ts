import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';

/** A program that a test talks to. */
export class Program implements Disposable {
  /** What it has printed, errors included. */
  output = '';
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #exited: Promise<unknown[]>;
  #changed: () => void = () => {};

  constructor(command: string, args: readonly string[]) {
    this.#child = spawn(command, args);
    this.#exited = once(this.#child, 'close');
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream.on('data', (data: Buffer) => {
        this.output += data.toString('latin1');
        this.#changed();
      });
    }
    // It may be gone before it has read everything.
    this.#child.stdin.on('error', () => {});
  }

  /** Waits until it has printed something like this. */
  async prints(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const found = pattern.exec(this.output);
      if (found !== null) return found;
      const gone = await Promise.race([
        new Promise<boolean>((resolve) => {
          this.#changed = () => resolve(false);
        }),
        this.#exited.then(() => true),
      ]);
      if (gone && !pattern.test(this.output)) {
        throw new Error(`Expected ${String(pattern)}, got ${this.output}`);
      }
    }
  }

  write(text: string): void {
    this.#child.stdin.write(text);
  }

  /** Ends its input. */
  end(): void {
    this.#child.stdin.end();
  }

  /** The status it exits with. */
  async exits(): Promise<number | null> {
    const [status] = await this.#exited;
    return status as number | null;
  }

  [Symbol.dispose](): void {
    this.#child.kill('SIGKILL');
  }
}
