import { type Coroutine, type EventLoop, ValueError, wrapFuture } from '@loop/core';
import { OSError, SOCK_STREAM, type Socket } from '@loop/posix';
import { checkSocket } from '../check-options.ts';
import { untilReady } from '../socket/readiness.ts';
import { sockSendall } from '../socket/socket-methods.ts';
import { sendByKernel } from './send-by-kernel.ts';
import { SendfileNotAvailableError } from './sendfile-not-available-error.ts';
import {
  checkExtent,
  givenFallback,
  type SendfileOptions,
  type SendfileSource,
} from './sendfile-arguments.ts';
import { SentFile } from './sent-file.ts';

const PIECE = 256 * 1024;

/** See `EventLoop.sockSendfile`. */
export function* sockSendfile(
  loop: EventLoop,
  socket: Socket,
  source: SendfileSource,
  offset: number,
  count: number | null,
  options: SendfileOptions,
): Coroutine<number> {
  const fallback = givenFallback(options, 'sockSendfile');
  checkSocket(socket);
  if (loop.getDebug() && socket.getblocking()) {
    throw new ValueError('the socket must be non-blocking');
  }
  if (socket.type !== SOCK_STREAM) {
    throw new ValueError('only SOCK_STREAM type sockets are supported');
  }
  checkExtent(source, offset, count);
  const file = new SentFile(source, { offset, count });
  try {
    return yield* sendByKernel(file, {
      fileno: () => openDescriptor(socket),
      writable: () => untilReady(loop, socket, 'write'),
    });
  } catch (error) {
    if (!(error instanceof SendfileNotAvailableError) || !fallback) throw error;
    return yield* sendByPieces(loop, socket, file);
  } finally {
    file.settlePosition();
  }
}

function* sendByPieces(loop: EventLoop, socket: Socket, file: SentFile): Coroutine<number> {
  const buffer = Buffer.allocUnsafeSlow(file.left(PIECE));
  for (;;) {
    const room = file.left(PIECE);
    const count = room === 0 ? 0 : yield* wrapFuture(file.read(buffer.subarray(0, room)));
    if (count === 0) return file.sent;
    yield* sockSendall(loop, socket, buffer.subarray(0, count));
    file.advance(count);
  }
}

function openDescriptor(socket: Socket): number {
  const fd = socket.fileno();
  if (fd < 0) throw new OSError('EBADF', { syscall: 'sendfile' });
  return fd;
}
