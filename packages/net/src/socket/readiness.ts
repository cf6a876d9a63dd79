import {
  createHandle,
  type Coroutine,
  type EventLoop,
  type Future,
  type Handle,
  perLoop,
} from '@loop/core';
import type { Socket } from '@loop/posix';
import { selectorBackend } from '../backend/selector-backend.ts';

type Direction = 'read' | 'write';

/** Coroutines that wait for one direction of one descriptor, first come first served. */
class Line {
  readonly waiting: Array<Future<void>> = [];
  readonly handle: Handle;

  constructor(loop: EventLoop) {
    this.handle = createHandle(loop, () => this.#wakeFirst(), []);
  }

  leave(ready: Future<void>): void {
    const at = this.waiting.indexOf(ready);
    void this.waiting.splice(at, 1);
  }

  /** Only the first: the others would find nothing, or take what is its. */
  #wakeFirst(): void {
    const [first] = this.waiting;
    if (first !== undefined && !first.done()) first.setResult();
  }
}

const linesOf = perLoop(() => ({ read: new Map<number, Line>(), write: new Map<number, Line>() }));

/**
 * Waits until `socket` is ready. Several waits of one direction take turns, where the reference
 * forgets all but the last.
 *
 * @throws {RuntimeError} A transport uses the socket.
 */
export function* untilReady(
  loop: EventLoop,
  socket: Socket,
  direction: Direction,
): Coroutine<void> {
  const fd = socket.fileno();
  const backend = selectorBackend(loop);
  backend.checkFree(fd);
  const lines = linesOf(loop)[direction];
  let line = lines.get(fd);
  if (line === undefined || !isInstalled(loop, fd, direction, line)) {
    line = new Line(loop);
    if (direction === 'read') backend.poller.setReader(socket, fd, line.handle);
    else backend.poller.setWriter(socket, fd, line.handle);
    lines.set(fd, line);
  }
  const ready = loop.createFuture<void>();
  line.waiting.push(ready);
  try {
    yield* ready;
  } finally {
    line.leave(ready);
    if (line.waiting.length === 0) {
      if (lines.get(fd) === line) lines.delete(fd);
      // Somebody's own addReader() may have taken its place since.
      if (!loop.isClosed() && isInstalled(loop, fd, direction, line)) {
        if (direction === 'read') backend.poller.removeReader(fd);
        else backend.poller.removeWriter(fd);
      }
    }
  }
}

function isInstalled(loop: EventLoop, fd: number, direction: Direction, line: Line): boolean {
  const { reader, writer } = selectorBackend(loop).poller.handlesOf(fd);
  return (direction === 'read' ? reader : writer) === line.handle;
}
