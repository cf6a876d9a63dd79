import { type EventLoop, type Future, getRunningLoop } from '@loop/core';
import { DatagramProtocol, type DatagramTransport, type SocketAddress } from '@loop/net';

/** A datagram protocol that writes down what happens to it, and lets tests wait for that. */
export class DatagramRecorder extends DatagramProtocol {
  readonly trace: string[] = [];
  readonly senders: SocketAddress[] = [];
  readonly errors: Array<Error & { code?: string }> = [];
  readonly lost: Future<Error | null>;
  transport!: DatagramTransport;
  readonly #loop: EventLoop;
  #waiting: Array<{ count: number; done: Future<void> }> = [];

  constructor(loop: EventLoop = getRunningLoop()) {
    super();
    this.#loop = loop;
    this.lost = loop.createFuture();
  }

  /** What was received, as text. */
  get texts(): string[] {
    return this.trace.filter((line) => line.startsWith('data ')).map((line) => line.slice(5));
  }

  /** Waits until so many events, of any kind, have been written down. */
  async events(count: number): Promise<readonly string[]> {
    if (this.trace.length < count) {
      const done = this.#loop.createFuture<void>();
      this.#waiting.push({ count, done });
      await done;
    }
    return this.trace;
  }

  override connectionMade(transport: DatagramTransport): void {
    this.transport = transport;
    this.note('made');
  }

  override datagramReceived(data: Buffer, address: SocketAddress): void {
    this.senders.push(address);
    this.note(`data ${data.toString('latin1')}`);
  }

  override errorReceived(error: Error & { code?: string }): void {
    this.errors.push(error);
    this.note(`error ${error.code}`);
  }

  override pauseWriting(): void {
    this.note('pause');
  }

  override resumeWriting(): void {
    this.note('resume');
  }

  override connectionLost(error: Error | null): void {
    this.note(error === null ? 'lost' : `lost ${error.name}`);
    this.lost.setResult(error);
  }

  note(line: string): void {
    this.trace.push(line);
    const ready = this.#waiting.filter(({ count }) => count <= this.trace.length);
    this.#waiting = this.#waiting.filter((each) => !ready.includes(each));
    for (const { done } of ready) if (!done.done()) done.setResult();
  }
}
