import type { Coroutine, EventLoop } from '@loop/core';
import { selectorBackend } from '../backend/selector-backend.ts';
import { checkFactory } from '../check-options.ts';
import type { ProtocolFactory } from '../transport/open-stream.ts';
import type { ReadTransport, WriteTransport } from '../transport/transport.ts';
import { PipeFile, type PipeObject } from './pipe-file.ts';
import { type ReadPipeProtocol, ReadPipeTransport } from './read-pipe-transport.ts';
import { type WritePipeProtocol, WritePipeTransport } from './write-pipe-transport.ts';

/** See `EventLoop.connectReadPipe`. */
export function connectReadPipe<P extends ReadPipeProtocol>(
  loop: EventLoop,
  factory: ProtocolFactory<P>,
  pipe: PipeObject,
): Coroutine<[ReadTransport, P]> {
  const refusal = 'Pipe transport is for pipes/sockets only.';
  return connectPipe(loop, factory, pipe, ReadPipeTransport, refusal);
}

/** See `EventLoop.connectWritePipe`. */
export function connectWritePipe<P extends WritePipeProtocol>(
  loop: EventLoop,
  factory: ProtocolFactory<P>,
  pipe: PipeObject,
): Coroutine<[WriteTransport, P]> {
  const refusal = 'Pipe transport is only for pipes, sockets and character devices';
  return connectPipe(loop, factory, pipe, WritePipeTransport, refusal);
}

/** Makes the protocol, and puts a transport of the class given between it and the pipe. */
function* connectPipe<P extends A, A, T extends ReadTransport | WriteTransport>(
  loop: EventLoop,
  factory: ProtocolFactory<P>,
  pipe: PipeObject,
  PipeTransport: new (loop: EventLoop, file: PipeFile, protocol: A, ready: () => void) => T,
  refusal: string,
): Coroutine<[T, P]> {
  checkFactory(factory);
  const protocol = factory();
  const file = new PipeFile(pipe, ['pipe', 'socket', 'character'], refusal);
  selectorBackend(loop).checkFree(file.fd);
  const ready = loop.createFuture<void>();
  const transport = new PipeTransport(
    loop,
    file,
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
