import type { Coroutine, EventLoop } from '@loop/core';
import { selectorBackend } from '../backend/selector-backend.ts';
import { checkFactory } from '../check-options.ts';
import type { ProtocolFactory } from '../transport/open-stream.ts';
import type { ReadTransport, WriteTransport } from '../transport/transport.ts';
import { PipeFile, type PipeObject } from './pipe-file.ts';
import { type ReadPipeProtocol, ReadPipeTransport } from './read-pipe-transport.ts';
import { type WritePipeProtocol, WritePipeTransport } from './write-pipe-transport.ts';

/** See `EventLoop.connectReadPipe`. */
export function* connectReadPipe<P extends ReadPipeProtocol>(
  loop: EventLoop,
  factory: ProtocolFactory<P>,
  pipe: PipeObject,
): Coroutine<[ReadTransport, P]> {
  checkFactory(factory);
  const protocol = factory();
  const file = new PipeFile(
    pipe,
    ['pipe', 'socket', 'character'],
    'Pipe transport is for pipes/sockets only.',
  );
  selectorBackend(loop).checkFree(file.fd);
  const ready = loop.createFuture<void>();
  const transport = new ReadPipeTransport(
    loop,
    file,
    protocol,
    () => ready.done() || ready.setResult(),
  );
  yield* closingOnError(ready, transport);
  return [transport, protocol];
}

/** See `EventLoop.connectWritePipe`. */
export function* connectWritePipe<P extends WritePipeProtocol>(
  loop: EventLoop,
  factory: ProtocolFactory<P>,
  pipe: PipeObject,
): Coroutine<[WriteTransport, P]> {
  checkFactory(factory);
  const protocol = factory();
  const file = new PipeFile(
    pipe,
    ['pipe', 'socket', 'character'],
    'Pipe transport is only for pipes, sockets and character devices',
  );
  selectorBackend(loop).checkFree(file.fd);
  const ready = loop.createFuture<void>();
  const transport = new WritePipeTransport(
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
