import { getRunningLoop, type EventLoop, type Future } from '@loop/core';
import { BufferedProtocol, Protocol, type Transport } from '@loop/net';

/** A protocol that writes down what happens to it, and lets tests wait for that. */
export class Recorder extends Protocol {
  readonly trace: string[] = [];
  readonly chunks: Buffer[] = [];
  readonly made: Future<Transport>;
  readonly ended: Future<void>;
  readonly lost: Future<Error | null>;
  transport!: Transport;
  /** What `eofReceived` returns. */
  keepOpen = false;
  #wanted = 0;
  #arrived: Future<void> | null = null;
  readonly #loop: EventLoop;

  constructor(loop: EventLoop = getRunningLoop()) {
    super();
    this.#loop = loop;
    this.made = loop.createFuture();
    this.ended = loop.createFuture();
    this.lost = loop.createFuture();
  }

  get received(): Buffer {
    return Buffer.concat(this.chunks);
  }

  get size(): number {
    return this.chunks.reduce((sum, chunk) => sum + chunk.length, 0);
  }

  /** Waits until `count` bytes have come in all. */
  async bytes(count: number): Promise<Buffer> {
    if (this.size < count) {
      this.#wanted = count;
      this.#arrived = this.#loop.createFuture();
      await this.#arrived;
    }
    return this.received;
  }

  override connectionMade(transport: Transport): void {
    this.transport = transport;
    this.trace.push('made');
    this.made.setResult(transport);
  }

  override dataReceived(data: Buffer): void {
    this.trace.push('data');
    this.chunks.push(data);
    if (this.#arrived !== null && this.size >= this.#wanted) {
      this.#arrived.setResult();
      this.#arrived = null;
    }
  }

  override eofReceived(): boolean {
    this.trace.push('eof');
    if (!this.ended.done()) this.ended.setResult();
    return this.keepOpen;
  }

  override connectionLost(error: Error | null): void {
    this.trace.push(
      error === null ? 'lost' : `lost ${(error as { code?: string }).code ?? error.message}`,
    );
    if (!this.lost.done()) this.lost.setResult(error);
  }

  override pauseWriting(): void {
    this.trace.push('pause');
  }

  override resumeWriting(): void {
    this.trace.push('resume');
  }
}

/** The same with a buffer of its own, of `size` bytes. */
export class BufferedRecorder extends BufferedProtocol {
  readonly trace: string[] = [];
  readonly chunks: Buffer[] = [];
  readonly lost: Future<Error | null> = getRunningLoop().createFuture();
  readonly #buffer: Buffer;

  constructor(size = 65536) {
    super();
    this.#buffer = Buffer.alloc(size);
  }

  get received(): Buffer {
    return Buffer.concat(this.chunks);
  }

  override connectionMade(): void {
    this.trace.push('made');
  }

  override getBuffer(sizeHint: number): Uint8Array {
    this.trace.push(`buffer ${sizeHint}`);
    return this.#buffer;
  }

  override bufferUpdated(count: number): void {
    this.trace.push(`updated ${count}`);
    this.chunks.push(Buffer.from(this.#buffer.subarray(0, count)));
  }

  override eofReceived(): void {
    this.trace.push('eof');
  }

  override connectionLost(error: Error | null): void {
    this.trace.push(error === null ? 'lost' : `lost ${error.message}`);
    this.lost.setResult(error);
  }
}
