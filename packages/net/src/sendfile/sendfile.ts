import { type Coroutine, type EventLoop, RuntimeError, wrapFuture } from '@loop/core';
import { OSError } from '@loop/posix';
import { describe } from '@loop/posix/internal';
import { TlsTransport } from '../tls/tls-transport.ts';
import { SelectorChannel } from '../transport/selector-channel.ts';
import { StreamTransport } from '../transport/stream-transport.ts';
import { BaseTransport, type WriteTransport } from '../transport/transport.ts';
import type { TransportSocket } from '../transport/transport-socket.ts';
import { Occupation } from './occupation.ts';
import { sendByKernel } from './send-by-kernel.ts';
import { SendfileNotAvailableError } from './sendfile-not-available-error.ts';
import {
  checkExtent,
  givenFallback,
  type SendfileOptions,
  type SendfileSource,
} from './sendfile-arguments.ts';
import { SentFile } from './sent-file.ts';

const PIECE = 64 * 1024;

/** See `EventLoop.sendfile`. */
export function* sendfile(
  loop: EventLoop,
  transport: WriteTransport,
  source: SendfileSource,
  offset: number,
  count: number | null,
  options: SendfileOptions,
): Coroutine<number> {
  const fallback = givenFallback(options, 'sendfile');
  if (!(transport instanceof BaseTransport)) {
    throw new TypeError(`Expected transport to be a Transport, got ${describe(transport)}`);
  }
  checkExtent(source, offset, count);
  if (transport.isClosing()) throw new RuntimeError('Transport is closing');
  if (!isStreamSocket(transport)) {
    throw new RuntimeError(`sendfile is not supported for transport ${transport.toString()}`);
  }
  if (transport instanceof TlsTransport && !fallback) {
    throw new RuntimeError(
      `fallback is disabled and native sendfile is not supported for transport ${transport.toString()}`,
    );
  }
  const file = new SentFile(source, { offset, count });
  const occupation = new Occupation(loop, transport);
  try {
    try {
      return yield* sendNatively(transport, file, occupation);
    } catch (error) {
      if (!(error instanceof SendfileNotAvailableError) || !fallback) throw error;
    }
    return yield* sendByPieces(transport, file, occupation);
  } finally {
    file.settlePosition();
    occupation.end();
  }
}

function isStreamSocket(transport: BaseTransport): transport is StreamTransport {
  if (!(transport instanceof StreamTransport)) return false;
  return transport instanceof TlsTransport || transport._channel.kind === 'socket';
}

function* sendNatively(
  transport: StreamTransport,
  file: SentFile,
  occupation: Occupation,
): Coroutine<number> {
  const { _channel: channel } = transport;
  if (!(channel instanceof SelectorChannel)) {
    throw new SendfileNotAvailableError('os.sendfile() is not available');
  }
  yield* occupation.untilPending(0);
  const socket = channel.extra.socket as TransportSocket;
  return yield* sendByKernel(file, {
    fileno: () => openDescriptor(socket),
    writable: () => occupation.untilWritable(socket),
  });
}

function* sendByPieces(
  transport: StreamTransport,
  file: SentFile,
  occupation: Occupation,
): Coroutine<number> {
  const buffer = Buffer.allocUnsafeSlow(file.left(PIECE));
  for (;;) {
    const room = file.left(PIECE);
    const count = room === 0 ? 0 : yield* wrapFuture(file.read(buffer.subarray(0, room)));
    if (count === 0) return file.sent;
    const [low, high] = transport.getWriteBufferLimits();
    if (transport.getWriteBufferSize() > high) yield* occupation.untilPending(low);
    occupation.write(buffer.subarray(0, count));
    file.advance(count);
  }
}

function openDescriptor(socket: TransportSocket): number {
  const fd = socket.fileno();
  if (fd < 0) throw new OSError('EBADF', { syscall: 'sendfile' });
  return fd;
}
