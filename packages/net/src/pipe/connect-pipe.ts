import type { Coroutine, EventLoop } from '@loop/core';
import type { PipeSource } from '../backend/backend.ts';
import { backendOf } from '../backend/choose-backend.ts';
import { checkFactory, checkProtocol } from '../check-options.ts';
import type { ProtocolFactory } from '../transport/open-stream.ts';
import type { ReadTransport, WriteTransport } from '../transport/transport.ts';
import type { PipeEnd, PipeObject } from './pipe-file.ts';
import { type ReadPipeProtocol, ReadPipeTransport } from './read-pipe-transport.ts';
import { type WritePipeProtocol, WritePipeTransport } from './write-pipe-transport.ts';

/** See `EventLoop.connectReadPipe`. */
export function connectReadPipe<P extends ReadPipeProtocol>(
  loop: EventLoop,
  factory: ProtocolFactory<P>,
  pipe: PipeObject,
): Coroutine<[ReadTransport, P]> {
  return connectPipe(loop, factory, pipe, 'read', ReadPipeTransport);
}

/** See `EventLoop.connectWritePipe`. */
export function connectWritePipe<P extends WritePipeProtocol>(
  loop: EventLoop,
  factory: ProtocolFactory<P>,
  pipe: PipeObject,
): Coroutine<[WriteTransport, P]> {
  return connectPipe(loop, factory, pipe, 'write', WritePipeTransport);
}

/** Makes the protocol, and puts a transport of the class given between it and the pipe. */
function* connectPipe<P extends A, A, T extends ReadTransport | WriteTransport>(
  loop: EventLoop,
  factory: ProtocolFactory<P>,
  pipe: PipeObject,
  end: PipeEnd,
  PipeTransport: new (loop: EventLoop, source: PipeSource, protocol: A, ready: () => void) => T,
): Coroutine<[T, P]> {
  checkFactory(factory);
  const protocol = checkProtocol(factory());
  const source = backendOf(loop).openPipe(pipe, end);
  const ready = loop.createFuture<void>();
  const transport = new PipeTransport(
    loop,
    source,
    protocol,
    () => ready.done() || ready.setResult(),
  );
  yield* closingOnError(ready, transport);
  return [transport, protocol];
}

/** Waits until `connectionMade` has run; a caller that is cancelled meanwhile gets no transport. */
function* closingOnError(
  ready: Iterable<unknown>,
  transport: ReadTransport | WriteTransport,
): Coroutine<void> {
  try {
    yield* ready;
  } catch (error) {
    transport.close();
    throw error;
  }
}
