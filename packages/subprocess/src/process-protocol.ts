import type { EventLoop } from '@loop/core';
import { StreamFlow, StreamReader, StreamWriter, type WriterProtocol } from '@loop/net';
import { SubprocessProtocol } from './subprocess-protocol.ts';
import type { SubprocessTransport } from './subprocess-transport.ts';

/**
 * Feeds the streams of a {@link Process}. The transport closes itself when the child has ended and the last
 * of its output is there.
 *
 * @see CPython `asyncio.subprocess.SubprocessStreamProtocol`
 */
export class ProcessProtocol extends SubprocessProtocol implements WriterProtocol {
  readonly flow: StreamFlow;
  readonly #loop: EventLoop;
  readonly #limit: number;
  #transport: SubprocessTransport | null = null;
  #stdin: StreamWriter | null = null;
  readonly #outputs = new Map<number, StreamReader>();
  readonly #open = new Set<number>();
  #exited = false;

  constructor(limit: number, loop: EventLoop) {
    super();
    this.#limit = limit;
    this.#loop = loop;
    this.flow = new StreamFlow(loop);
  }

  /** Writes to the child; `null` if its standard input is no pipe. */
  get stdin(): StreamWriter | null {
    return this.#stdin;
  }

  /** What the child writes to its standard output (1) or error (2); `null` if that is no pipe. */
  output(fd: 1 | 2): StreamReader | null {
    return this.#outputs.get(fd) ?? null;
  }

  override connectionMade(transport: SubprocessTransport): void {
    this.#transport = transport;
    for (const fd of [1, 2] as const) {
      const pipe = transport.getPipeTransport(fd);
      if (pipe === null) continue;
      const reader = new StreamReader(this.#limit, this.#loop);
      reader.setTransport(pipe);
      this.#outputs.set(fd, reader);
      this.#open.add(fd);
    }
    const pipe = transport.getPipeTransport(0);
    if (pipe !== null) this.#stdin = new StreamWriter(pipe, this, null, this.#loop);
  }

  override pipeDataReceived(fd: number, data: Buffer): void {
    this.#outputs.get(fd)?.feedData(data);
  }

  override pipeConnectionLost(fd: number, error: Error | null): void {
    if (fd === 0) {
      this.#stdin?.close();
      this.flow.lose(error);
      return;
    }
    const reader = this.#outputs.get(fd);
    if (error === null) reader?.feedEof();
    else reader?.setException(error);
    this.#open.delete(fd);
    this.#closeIfOver();
  }

  override processExited(): void {
    this.#exited = true;
    this.#closeIfOver();
  }

  override pauseWriting(): void {
    this.flow.pause();
  }

  override resumeWriting(): void {
    this.flow.resume();
  }

  #closeIfOver(): void {
    if (this.#exited && this.#open.size === 0) this.#transport?.close();
  }
}
