import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Sample } from './serve-samples.ts';
import type { Command } from './peers.ts';

const PATIENCE_MS = 180_000;

/** A peer that runs in its own process and waits for orders between its samples. */
export class PeerProcess implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #answers: AsyncIterator<string>;
  readonly #ended: Promise<void>;
  #errors = '';
  /** What it said when it was ready. */
  ready: unknown;

  private constructor([program, args, env = {}]: Command) {
    const child = spawn(program, args, {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...process.env, ...env },
    });
    this.#child = child;
    this.#answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    child.stderr.setEncoding('utf8').on('data', (text: string) => (this.#errors += text));
    // A child that died is seen by the answer that does not come.
    child.stdin.on('error', () => {});
    this.#ended = new Promise((resolve) => {
      child.on('error', (error) => {
        this.#errors += error.message;
        resolve();
      });
      child.on('close', () => resolve());
    });
  }

  /** Settles once the peer has set its workload up. */
  static async start(command: Command): Promise<PeerProcess> {
    const peer = new PeerProcess(command);
    try {
      peer.ready = await peer.#answer();
      return peer;
    } catch (error) {
      await peer[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** The process, while it runs. */
  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Has about `count` operations done. */
  async sample(count: number): Promise<Sample> {
    return (await this.ask(String(count))) as Sample;
  }

  /** Sends a line, and waits for the answer. */
  ask(line: string): Promise<unknown> {
    this.#child.stdin?.write(`${line}\n`);
    return this.#answer();
  }

  /** Ends the process, whatever it is doing. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#ended;
  }

  async #answer(): Promise<unknown> {
    const limit = setTimeout(() => {
      this.#errors += `no answer within ${PATIENCE_MS / 1000} seconds`;
      this.#child.kill('SIGKILL');
    }, PATIENCE_MS);
    const line = await this.#answers.next();
    clearTimeout(limit);
    if (line.done !== true) return JSON.parse(line.value);
    await this.#ended;
    const text = this.#errors.trim() || `it ended with ${this.#child.exitCode}`;
    throw new Error(`${this.#child.spawnargs.join(' ')}: ${text}`);
  }
}
