import {
  CancelledError,
  type Coroutine,
  type EventLoop,
  type Future,
  gather,
  operation,
} from '@loop/core';
import { OSError, type StreamReader, type StreamWriter } from '@loop/net';
import { checkBytes } from '@loop/posix/internal';
import type { SignalOptions, TerminateOptions } from './ending/terminate.ts';
import type { ProcessProtocol } from './process-protocol.ts';
import {
  checkWaitOptions,
  type SubprocessTransport,
  type WaitOptions,
} from './subprocess-transport.ts';

const inspect = Symbol.for('nodejs.util.inspect.custom');

/** What a child has written, each `null` where it was no pipe. */
export type ProcessOutput = [stdout: Buffer | null, stderr: Buffer | null];

/**
 * A child process with streams, as {@link createSubprocessExec} and {@link createSubprocessShell} start it.
 *
 * ```ts
 * await using process = await createSubprocessExec('sort', [], { stdin: PIPE, stdout: PIPE });
 * const [sorted] = await process.communicate(Buffer.from('b\na\n'));
 * ```
 *
 * With `await using` a child that still runs at the end of the block is killed and waited for.
 *
 * @see CPython `asyncio.subprocess.Process`
 */
export class Process implements AsyncDisposable {
  /** Writes to the child; `null` unless it was given `stdin: PIPE`. */
  readonly stdin: StreamWriter | null;
  /** What the child writes; `null` unless it was given `stdout: PIPE`. */
  readonly stdout: StreamReader | null;
  /** What the child reports; `null` unless it was given `stderr: PIPE`. */
  readonly stderr: StreamReader | null;
  /** The process id, also after the child's end. */
  readonly pid: number;
  readonly #transport: SubprocessTransport;
  readonly #loop: EventLoop;

  /** @internal */
  constructor(transport: SubprocessTransport, protocol: ProcessProtocol, loop: EventLoop) {
    this.#transport = transport;
    this.#loop = loop;
    this.stdin = protocol.stdin;
    this.stdout = protocol.output(1);
    this.stderr = protocol.output(2);
    this.pid = transport.getPid();
  }

  /** `null` until the child's end is noticed; then its status, or minus the number of the signal. */
  get returncode(): number | null {
    return this.#transport.getReturncode();
  }

  /** The transport below. */
  get transport(): SubprocessTransport {
    return this.#transport;
  }

  /**
   * Waits for the child's end and that of its pipes, and gives the return code. A child whose output nobody
   * reads does not end: {@link communicate} reads it.
   *
   * @param options - `terminateOnCancel`: how to end the child if this is cancelled; by default not at all.
   */
  wait(options?: WaitOptions): Future<number> {
    return this.#transport.wait(options);
  }

  /**
   * Writes `input` to the child and closes its standard input, reads all of its output, and waits for its
   * end. A child that does not read its input is no error. Without `input` the child's standard input ends at
   * once.
   *
   * Rejects with `TypeError` if `input` is no Uint8Array.
   *
   * @param options - `terminateOnCancel`: how to end the child if this is cancelled; by default not at all.
   */
  communicate(input: Uint8Array | null = null, options: WaitOptions = {}): Future<ProcessOutput> {
    return operation(() => this.#communicate(input, options), this.#loop);
  }

  /**
   * Sends a signal, by name or number.
   *
   * @throws {OSError} `ESRCH`: the child has ended, and that is known.
   */
  sendSignal(signal: NodeJS.Signals | number, options?: SignalOptions): void {
    this.#transport.sendSignal(signal, options);
  }

  /** Sends SIGTERM. */
  terminate(): void;
  /** Sends SIGTERM, and after `grace` seconds SIGKILL; resolves to the return code. See `SubprocessTransport`. */
  terminate(options: TerminateOptions): Future<number>;
  terminate(options?: TerminateOptions): Future<number> | void {
    return options === undefined ? this.#transport.terminate() : this.#transport.terminate(options);
  }

  /** Sends SIGKILL. */
  kill(options?: SignalOptions): void {
    this.#transport.kill(options);
  }

  /** Closes the pipes, kills the child if it still runs, and waits for its end. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#transport.close();
    await this.wait();
  }

  toString(): string {
    return `<Process ${this.pid}>`;
  }

  [inspect](): string {
    return this.toString();
  }

  *#communicate(input: Uint8Array | null, options: WaitOptions): Coroutine<ProcessOutput> {
    checkWaitOptions(options, 'communicate');
    if (input !== null) checkBytes(input, 'input');
    try {
      const [, stdout, stderr] = yield* gather(
        this.#feed(input),
        this.#readAll(1, this.stdout),
        this.#readAll(2, this.stderr),
      );
      yield* this.wait();
      return [stdout, stderr];
    } catch (error) {
      const { terminateOnCancel } = options;
      if (error instanceof CancelledError && terminateOnCancel !== undefined) {
        yield* this.terminate(terminateOnCancel);
      }
      throw error;
    }
  }

  *#feed(input: Uint8Array | null): Coroutine<void> {
    const { stdin } = this;
    if (stdin === null) return;
    try {
      if (input !== null) stdin.write(input);
      yield* stdin.drain();
    } catch (error) {
      // The child has ended, or closed its input, without reading it all.
      if (!(error instanceof OSError) || !['EPIPE', 'ECONNRESET'].includes(error.code)) throw error;
    }
    stdin.close();
  }

  *#readAll(fd: 1 | 2, reader: StreamReader | null): Coroutine<Buffer | null> {
    if (reader === null) return null;
    const output = yield* reader.read();
    this.#transport.getPipeTransport(fd)?.close();
    return output;
  }
}
