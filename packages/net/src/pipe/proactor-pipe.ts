import type { Socket as NodeSocket } from 'node:net';
import { createHandle, type EventLoop } from '@loop/core';
import { isSupported } from '@loop/posix';
import { closeDescriptor, duplicate } from '@loop/posix/internal';
import type { PipeSource } from '../backend/backend.ts';
import type { StreamOwner } from '../backend/descriptor-owners.ts';
import { selectorBackend } from '../backend/selector-backend.ts';
import { descriptorOf } from '../socket/node-socket-view.ts';
import { ProactorChannel } from '../transport/proactor-channel.ts';
import type { ChannelEvents, StreamChannel } from '../transport/stream-channel.ts';
import { openNodePipe, type NodePipe } from './node-pipe.ts';
import type { PipeEnd, PipeObject } from './pipe-file.ts';

/** One end of a pipe on the proactor. */
export class ProactorPipe implements PipeSource {
  readonly isTerminal: boolean;
  readonly #loop: EventLoop;
  readonly #object: PipeObject;
  readonly #end: PipeEnd;
  readonly #pipe: NodePipe;

  /** @throws {ValueError} `object` has no descriptor, or one of a file. */
  constructor(loop: EventLoop, object: PipeObject, end: PipeEnd) {
    this.#loop = loop;
    this.#object = object;
    this.#end = end;
    this.#pipe = openNodePipe(object, end);
    this.isTerminal = this.#pipe.kind === 'character';
  }

  open(events: ChannelEvents, owner: StreamOwner): StreamChannel {
    const { stream, kind, release } = this.#pipe;
    // Every stream has what a channel needs of it; a pipe cannot be reset.
    const socket = stream as NodeSocket;
    if (this.#end === 'read') socket.pause();
    socket.unref?.();
    const channel = new ProactorChannel(this.#loop, socket, events, owner, {
      kind: 'pipe',
      extra: { pipe: this.#object },
      onClose: release,
    });
    const reads = this.#end === 'read' || kind === 'socket';
    return reads ? channel : new WritingEnd(this.#loop, channel, socket, events);
  }
}

/**
 * The end of a pipe that Node cannot read from. That its reader has gone shows by an error of the
 * descriptor, which takes a selector to be seen; without FFI the next write finds out.
 */
class WritingEnd implements StreamChannel {
  readonly #loop: EventLoop;
  readonly #channel: StreamChannel;
  readonly #socket: NodeSocket;
  readonly #events: ChannelEvents;
  #watched = -1;
  #closed = false;

  constructor(loop: EventLoop, channel: StreamChannel, socket: NodeSocket, events: ChannelEvents) {
    this.#loop = loop;
    this.#channel = channel;
    this.#socket = socket;
    this.#events = events;
    // Node destroys its end of a child's input when the child has ended.
    socket.once('close', () => {
      if (!this.#closed && !loop.isClosed()) loop.callSoonThreadsafe(() => this.#destroyed());
    });
  }

  get extra(): StreamChannel['extra'] {
    return this.#channel.extra;
  }

  get kind(): string {
    return this.#channel.kind;
  }

  get canEnd(): boolean {
    return this.#channel.canEnd;
  }

  get pending(): number {
    return this.#channel.pending;
  }

  setReading(reading: boolean): void {
    if (reading) this.#watch();
    else this.#unwatch();
  }

  write(data: Uint8Array): void {
    this.#channel.write(data);
  }

  writev(pieces: readonly Uint8Array[]): void {
    this.#channel.writev(pieces);
  }

  end(): void {
    this.#channel.end();
  }

  discard(): void {
    this.#channel.discard();
  }

  close(): void {
    this.#closed = true;
    this.#unwatch();
    this.#channel.close();
  }

  #destroyed(): void {
    if (!this.#closed) this.#events.ended();
  }

  #watch(): void {
    const fd = descriptorOf(this.#socket);
    if (this.#watched >= 0 || fd < 0 || !isSupported()) return;
    // Node may close its own at any time.
    this.#watched = duplicate(fd);
    const handle = createHandle(this.#loop, () => this.#events.ended(), []);
    selectorBackend(this.#loop).poller.setReader(this.#watched, this.#watched, handle);
  }

  #unwatch(): void {
    const fd = this.#watched;
    if (fd < 0) return;
    this.#watched = -1;
    // A closed loop has closed its selector.
    if (!this.#loop.isClosed()) selectorBackend(this.#loop).poller.removeReader(fd);
    closeDescriptor(fd);
  }
}
