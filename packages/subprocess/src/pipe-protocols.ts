/** What stands between the pipes of a child and its transport. */
import { RuntimeError } from '@loop/core';
import { BaseProtocol, BufferedProtocol, Protocol, type ReadTransport } from '@loop/net';
import { type AnySubprocessProtocol, BufferedSubprocessProtocol } from './subprocess-protocol.ts';

/** What the pipes tell: a callback of the loop each. */
export interface PipeEvents {
  /** Whoever has the child at the moment. */
  getProtocol(): AnySubprocessProtocol | null;
  received(fd: number, data: Buffer): void;
  lost(fd: number, error: Error | null): void;
}

/** Flow control comes directly, as in the reference: a writer has to know at once. */
export class InputProtocol extends BaseProtocol<never> {
  readonly #events: PipeEvents;

  constructor(events: PipeEvents) {
    super();
    this.#events = events;
  }

  override pauseWriting(): void {
    this.#events.getProtocol()?.pauseWriting?.();
  }

  override resumeWriting(): void {
    this.#events.getProtocol()?.resumeWriting?.();
  }

  override connectionLost(error: Error | null): void {
    this.#events.lost(0, error);
  }
}

export function outputProtocol(events: PipeEvents, fd: number): Protocol | BufferedProtocol {
  return events.getProtocol() instanceof BufferedSubprocessProtocol
    ? new BufferedOutput(events, fd)
    : new Output(events, fd);
}

class Output extends Protocol {
  readonly #events: PipeEvents;
  readonly #fd: number;

  constructor(events: PipeEvents, fd: number) {
    super();
    this.#events = events;
    this.#fd = fd;
  }

  override dataReceived(data: Buffer): void {
    this.#events.received(this.#fd, data);
  }

  override connectionLost(error: Error | null): void {
    this.#events.lost(this.#fd, error);
  }
}

class BufferedOutput extends BufferedProtocol {
  readonly #events: PipeEvents;
  readonly #fd: number;

  constructor(events: PipeEvents, fd: number) {
    super();
    this.#events = events;
    this.#fd = fd;
  }

  /** Nothing is read until the protocol has heard of the child: what is read cannot be held back. */
  override connectionMade(transport: unknown): void {
    (transport as ReadTransport).pauseReading();
  }

  override getBuffer(): Uint8Array {
    return this.#protocol().pipeGetBuffer(this.#fd);
  }

  override bufferUpdated(count: number): void {
    this.#protocol().pipeBufferUpdated(this.#fd, count);
  }

  override connectionLost(error: Error | null): void {
    this.#events.lost(this.#fd, error);
  }

  #protocol(): BufferedSubprocessProtocol {
    return this.#events.getProtocol() as BufferedSubprocessProtocol;
  }
}

/** Data that was read for another protocol. */
export function putInto(protocol: BufferedSubprocessProtocol, fd: number, data: Buffer): void {
  for (let rest: Uint8Array = data; rest.length > 0;) {
    const buffer = protocol.pipeGetBuffer(fd);
    const count = Math.min(buffer.length, rest.length);
    if (count === 0) throw new RuntimeError('pipeGetBuffer() returned an empty buffer');
    buffer.set(rest.subarray(0, count));
    protocol.pipeBufferUpdated(fd, count);
    rest = rest.subarray(count);
  }
}
