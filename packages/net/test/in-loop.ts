import { type EventLoop, getRunningLoop, run } from '@loop/core';
import { SelectorEventLoop, type Server, Socket, SOCK_STREAM, AF_INET } from '@loop/net';
import type { Selector } from '@loop/posix';

/** Runs `body` on a loop with its own selector. */
export function inLoop<T>(
  makeSelector: () => Selector,
  body: (loop: EventLoop) => Promise<T>,
): Promise<T> {
  return run(() => body(getRunningLoop()), {
    loopFactory: () => new SelectorEventLoop(makeSelector()),
  });
}

/** The port of the first socket of a server. */
export function portOf(server: Server): number {
  return (server.sockets[0]!.getsockname() as [string, number])[1];
}

/** A port on 127.0.0.1 where nobody listens, as long as the socket lives. */
export function closedPort(): { port: number } & Disposable {
  const socket = new Socket(AF_INET, SOCK_STREAM);
  socket.bind(['127.0.0.1', 0]);
  const [, port] = socket.getsockname() as [string, number];
  return { port, [Symbol.dispose]: () => socket.close() };
}
