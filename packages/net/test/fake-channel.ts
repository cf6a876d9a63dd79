import { getRunningLoop } from '@loop/core';
import type { AnyStreamProtocol } from '@loop/net';
import type { ChannelEvents, StreamChannel } from '../src/transport/stream-channel.ts';
import { type ConnectionOwner, StreamTransport } from '../src/transport/stream-transport.ts';

/** A channel without a descriptor: it takes as many bytes as the test lets it. */
export class FakeChannel implements StreamChannel {
  readonly extra = { sockname: 'near' };
  readonly kind = 'fake';
  canEnd = true;
  readonly calls: string[] = [];
  /** Bytes that "the kernel" takes before it would block. */
  room = Infinity;
  events!: ChannelEvents;
  reading = false;
  pending = 0;
  #ending = false;

  setReading(reading: boolean): void {
    if (reading === this.reading) return;
    this.reading = reading;
    this.calls.push(reading ? 'read' : 'stop');
  }

  write(data: Uint8Array): void {
    this.calls.push(`write ${Buffer.from(data).toString('latin1').slice(0, 10)}`);
    this.#take(data.length);
  }

  writev(pieces: readonly Uint8Array[]): void {
    this.calls.push(`writev ${pieces.map((piece) => piece.length).join('+')}`);
    this.#take(pieces.reduce((sum, piece) => sum + piece.length, 0));
  }

  end(): void {
    this.#ending = true;
    if (this.pending === 0) this.calls.push('end');
  }

  discard(): void {
    this.pending = 0;
    this.calls.push('discard');
  }

  close(): void {
    this.reading = false;
    this.calls.push('close');
  }

  /** The kernel takes `count` more bytes of what waits. */
  drain(count = this.pending): void {
    this.pending -= count;
    if (this.pending === 0 && this.#ending) this.calls.push('end');
    this.events.wrote();
  }

  #take(count: number): void {
    const taken = this.pending > 0 ? 0 : Math.min(this.room, count);
    this.room -= taken;
    this.pending += count - taken;
  }
}

/** A transport on a fake channel; `connectionMade` has run when this resolves. */
export async function openFake<P extends AnyStreamProtocol>(
  protocol: P,
  owner: ConnectionOwner | null = null,
): Promise<{ transport: StreamTransport; channel: FakeChannel; protocol: P }> {
  const loop = getRunningLoop();
  const channel = new FakeChannel();
  const ready = loop.createFuture<void>();
  const transport = new StreamTransport({
    loop,
    protocol,
    owner,
    open: (events) => {
      channel.events = events;
      return channel;
    },
    ready: () => ready.setResult(),
  });
  await ready;
  return { transport, channel, protocol };
}
