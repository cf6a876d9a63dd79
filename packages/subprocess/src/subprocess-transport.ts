import { constants } from 'node:os';
import {
  CancelledError,
  type Coroutine,
  debugLog,
  type EventLoop,
  type Future,
  operation,
  perLoop,
} from '@loop/core';
import { checkOptions } from '@loop/core/errors';
import {
  BaseTransport,
  OSError,
  type BaseProtocol,
  type ReadTransport,
  type WriteTransport,
} from '@loop/net';
import { processEnded, processStarted } from './diagnostics.ts';
import { ProcessTree } from './ending/process-tree.ts';
import {
  checkTerminateOptions,
  type SignalOptions,
  terminate,
  type TerminateOptions,
} from './ending/terminate.ts';
import type { Child } from './spawn/child.ts';
import type { PreparedStdio } from './stdio.ts';
import { InputProtocol, outputProtocol, type PipeEvents, putInto } from './pipe-protocols.ts';
import { type AnySubprocessProtocol, BufferedSubprocessProtocol } from './subprocess-protocol.ts';

declare module '@loop/net' {
  interface ExtraInfo {
    /** The runtime's own object for the child. */
    readonly subprocess: unknown;
  }
}

/** How {@link SubprocessTransport.wait} takes a cancellation. */
export interface WaitOptions {
  /** Has the child ended by it. */
  readonly terminateOnCancel?: TerminateOptions | undefined;
}

/** @throws {TypeError} `options` are none of {@link WaitOptions}. */
export function checkWaitOptions(options: WaitOptions, method: string): void {
  checkOptions(options, ['terminateOnCancel'], method);
  const { terminateOnCancel } = options;
  if (terminateOnCancel !== undefined) checkTerminateOptions(terminateOnCancel);
}

/** A pipe to the child; `null` transport: not connected yet. */
interface ChildPipe {
  transport: ReadTransport | WriteTransport | null;
  lost: boolean;
}

/**
 * A child process.
 *
 * States: running, exited, finished. It is finished, and `connectionLost` called, when the child has
 * exited and every pipe has ended: a grandchild that keeps one open delays that. Events are held back
 * until `connectionMade` is queued.
 *
 * @see CPython `asyncio.SubprocessTransport`
 */
export class SubprocessTransport extends BaseTransport {
  readonly #loop: EventLoop;
  readonly #child: Child;
  readonly #pipes = new Map<number, ChildPipe>();
  readonly #events: PipeEvents = {
    getProtocol: () => this.#protocol,
    received: (fd, data) => this.#received(fd, data),
    lost: (fd, error) => this.#pipeLost(fd, error),
  };
  #protocol: AnySubprocessProtocol | null;
  #held: Array<() => void> | null = [];
  readonly #exitWaiters = new Set<Future<void>>();
  readonly #lossWaiters = new Set<Future<void>>();
  #returncode: number | null = null;
  #closed = false;
  #finished = false;
  #lost = false;

  /** @internal */
  constructor(loop: EventLoop, child: Child, protocol: AnySubprocessProtocol) {
    super();
    this.#loop = loop;
    this.#child = child;
    this.#protocol = protocol;
    child.whenEnded(loop, (returncode) => this.#exited(returncode));
    openChildren(loop).add(this);
    if (processStarted.hasSubscribers) processStarted.publish({ transport: this });
  }

  override getExtraInfo(name: string, fallback?: unknown): unknown {
    return name === 'subprocess' ? this.#child.process : fallback;
  }

  override setProtocol(protocol: BaseProtocol<never>): void {
    this.#protocol = protocol as unknown as AnySubprocessProtocol;
    for (const fd of [1, 2] as const) {
      this.getPipeTransport(fd)?.setProtocol(outputProtocol(this.#events, fd));
    }
  }

  override getProtocol(): BaseProtocol<never> | null {
    return this.#protocol as unknown as BaseProtocol<never> | null;
  }

  override isClosing(): boolean {
    return this.#closed;
  }

  /** Closes the pipes, and kills the child if it still runs. Returns at once; `connectionLost` follows. */
  override close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const pipe of this.#pipes.values()) pipe.transport?.close();
    if (this.#returncode !== null || this.#child.ended) return;
    if (this.#loop.getDebug()) console.warn(`Close running child process: kill ${this.toString()}`);
    this.#child.kill(constants.signals.SIGKILL);
  }

  /** The process id, also after the child's end. */
  getPid(): number {
    return this.#child.pid;
  }

  /** `null` while the child runs; then its status, or minus the number of the signal that killed it. */
  getReturncode(): number | null {
    return this.#returncode;
  }

  /** The transport of a pipe: 0 to write to, 1 and 2 to read from; `null` for what is no PIPE. */
  getPipeTransport(fd: 0): WriteTransport | null;
  getPipeTransport(fd: 1 | 2): ReadTransport | null;
  getPipeTransport(fd: number): ReadTransport | WriteTransport | null;
  getPipeTransport(fd: number): ReadTransport | WriteTransport | null {
    return this.#pipes.get(fd)?.transport ?? null;
  }

  /**
   * Sends a signal, by name or number. Does nothing between the child's end and `connectionLost`.
   *
   * @throws {OSError} `ESRCH`: the child is lost already.
   * @throws {NotImplementedError} `tree` where it cannot be had.
   * @see CPython `SubprocessTransport.send_signal`
   */
  sendSignal(signal: NodeJS.Signals | number, options: SignalOptions = {}): void {
    const number = signalNumber(signal);
    checkOptions(options, ['tree'], 'sendSignal');
    if (this.#lost) {
      const message = `process ${this.getPid()} has ended`;
      throw new OSError('ESRCH', { syscall: 'kill', message });
    }
    if (this.#returncode !== null) return;
    if (options.tree === true) {
      using members = new ProcessTree(this.getPid());
      members.send(number);
    } else this.#child.kill(number);
  }

  /** Sends SIGTERM. */
  terminate(): void;
  /**
   * Sends SIGTERM, and SIGKILL to what has not ended within the seconds of `grace`; resolves to the
   * return code once the child has ended. With `tree` all that it has started is ended, too.
   *
   * Cancelling kills at once, and is over when the child is. Rejects as {@link sendSignal} throws, but is
   * done at once if the child has ended.
   */
  terminate(options: TerminateOptions): Future<number>;
  terminate(options?: TerminateOptions): Future<number> | void {
    if (options === undefined) return this.sendSignal('SIGTERM');
    return operation(() => this.#terminate(options), this.#loop);
  }

  /** Sends SIGKILL. */
  kill(options?: SignalOptions): void {
    this.sendSignal('SIGKILL', options);
  }

  /**
   * Resolves to the return code when the child and its pipes have ended, at once if the child has.
   *
   * Cancelling leaves the child running, unless `terminateOnCancel` says how to end it; then the
   * cancellation is over when the child is.
   *
   * @see CPython `Process.wait`
   */
  wait(options: WaitOptions = {}): Future<number> {
    return operation(() => this.#wait(options), this.#loop);
  }

  /** In the reference's form: `<SubprocessTransport pid=1 running stdin=<...>>`. */
  override toString(): string {
    const parts = ['SubprocessTransport'];
    if (this.#closed) parts.push('closed');
    parts.push(`pid=${this.getPid()}`);
    parts.push(this.#returncode === null ? 'running' : `returncode=${this.#returncode}`);
    for (const [fd, name] of ['stdin', 'stdout', 'stderr'].entries()) {
      const transport = this.#pipes.get(fd)?.transport;
      if (transport) parts.push(`${name}=${transport.toString()}`);
    }
    return `<${parts.join(' ')}>`;
  }

  /** Connects the pipes; then `connectionMade` is queued, and what was held back behind it. @internal */
  *_connect(stdio: PreparedStdio): Coroutine<void> {
    const own = stdio.streams.map(({ ownFd }, fd) => ownFd ?? this.#child.streamOf(fd));
    for (const [fd, end] of own.entries()) {
      if (end !== null) this.#pipes.set(fd, { transport: null, lost: false });
    }
    // All at once: Node destroys its end of a child's input when the child ends, which nobody would hear of.
    const connecting = [...this.#pipes.keys()].map((fd) => this.#connectPipe(fd, own[fd]));
    try {
      for (const pipe of connecting) yield* pipe;
    } catch (error) {
      for (const pipe of connecting) pipe.cancel();
      throw error;
    }
    this.#loop.callSoon(() => {
      for (const fd of [1, 2] as const) this.getPipeTransport(fd)?.resumeReading();
      this.#protocol?.connectionMade(this);
    });
    const held = this.#held ?? [];
    this.#held = null;
    for (const call of held) this.#loop.callSoon(call);
  }

  /** Ends once the child has ended and is reaped, whatever its pipes do. @internal */
  *_exited(): Coroutine<void> {
    if (this.#returncode !== null) return;
    const waiter = this.#loop.createFuture<void>();
    this.#exitWaiters.add(waiter);
    try {
      yield* waiter;
    } finally {
      this.#exitWaiters.delete(waiter);
    }
  }

  /** No callback will run any more. The pipes are closed by the package that reads them. @internal */
  _abandon(): void {
    this.#child.kill(constants.signals.SIGKILL);
  }

  /** What {@link _abandon} has killed is waited for. @internal */
  _reap(): void {
    this.#child.reap();
  }

  #connectPipe(fd: number, own: unknown): Future<void> {
    // Node's own streams are known to the backend that is built on them.
    const end = own as number;
    const loop = this.#loop;
    return operation(
      function* (this: SubprocessTransport) {
        const [transport] =
          fd === 0
            ? yield* loop.connectWritePipe(() => new InputProtocol(this.#events), end)
            : yield* loop.connectReadPipe(() => outputProtocol(this.#events, fd), end);
        (this.#pipes.get(fd) as ChildPipe).transport = transport;
      }.bind(this),
      loop,
    );
  }

  *#terminate(options: TerminateOptions): Coroutine<number> {
    checkTerminateOptions(options);
    yield* terminate(this.#loop, this, options);
    return this.#returncode as number;
  }

  *#wait(options: WaitOptions): Coroutine<number> {
    checkWaitOptions(options, 'wait');
    const { terminateOnCancel } = options;
    if (this.#returncode !== null) return this.#returncode;
    const waiter = this.#loop.createFuture<void>();
    this.#lossWaiters.add(waiter);
    try {
      yield* waiter;
    } catch (error) {
      if (error instanceof CancelledError && terminateOnCancel !== undefined) {
        yield* terminate(this.#loop, this, terminateOnCancel);
      }
      throw error;
    } finally {
      this.#lossWaiters.delete(waiter);
    }
    return this.#returncode as unknown as number;
  }

  #received(fd: number, data: Buffer): void {
    this.#call(() => {
      const protocol = this.#protocol;
      if (protocol instanceof BufferedSubprocessProtocol) putInto(protocol, fd, data);
      else protocol?.pipeDataReceived(fd, data);
    });
  }

  #pipeLost(fd: number, error: Error | null): void {
    const pipe = this.#pipes.get(fd);
    if (pipe !== undefined) pipe.lost = true;
    this.#call(() => this.#protocol?.pipeConnectionLost(fd, error));
    this.#tryFinish();
  }

  #exited(returncode: number): void {
    this.#returncode = returncode;
    debugLog(this.#loop, `process ${this.getPid()} exited with ${returncode}`);
    if (processEnded.hasSubscribers) processEnded.publish({ transport: this, returncode });
    this.#call(() => this.#protocol?.processExited());
    wakeAll(this.#exitWaiters);
    this.#tryFinish();
  }

  #tryFinish(): void {
    if (this.#finished || this.#returncode === null) return;
    for (const pipe of this.#pipes.values()) if (!pipe.lost) return;
    this.#finished = true;
    this.#call(() => this.#lose());
  }

  #lose(): void {
    this.#lost = true;
    openChildren(this.#loop).delete(this);
    wakeAll(this.#lossWaiters);
    try {
      this.#protocol?.connectionLost(null);
    } finally {
      this.#protocol = null;
      this.#closed = true;
    }
  }

  /** Every event comes from a callback of its own. */
  #call(event: () => void): void {
    if (this.#held === null) this.#loop.callSoon(event);
    else this.#held.push(event);
  }
}

/** The children of each loop that have not finished. */
const openChildren = perLoop(() => new Set<SubprocessTransport>());

/** The loop closes: nothing is left behind. */
export function closeChildren(loop: EventLoop): void {
  const children = [...openChildren(loop)];
  // All are killed before the first is waited for.
  for (const transport of children) transport._abandon();
  for (const transport of children) transport._reap();
  openChildren(loop).clear();
}

function wakeAll(waiters: Set<Future<void>>): void {
  for (const waiter of waiters) if (!waiter.done()) waiter.setResult();
  waiters.clear();
}

function signalNumber(signal: unknown): number {
  const number = typeof signal === 'string' ? constants.signals[signal as NodeJS.Signals] : signal;
  if (typeof number !== 'number' || !Number.isInteger(number) || number < 0) {
    throw new TypeError(`Expected signal to be a name or a number, got ${JSON.stringify(signal)}`);
  }
  return number;
}
