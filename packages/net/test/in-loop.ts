import { type EventLoop, getRunningLoop, run, sleep } from '@loop/core';
import { type Server, Socket, SOCK_STREAM, AF_INET } from '@loop/net';
import type { MakeLoop } from './backends.ts';

/** Runs `body` on a loop of its own. */
export function inLoop<T>(makeLoop: MakeLoop, body: (loop: EventLoop) => Promise<T>): Promise<T> {
  return run(() => body(getRunningLoop()), { loopFactory: makeLoop });
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

/** A listener whose queue is full: connecting to it waits, on Linux, until it is disposed of. */
export async function fullListener(loop: EventLoop): Promise<{ port: number } & Disposable> {
  const listener = new Socket(AF_INET, SOCK_STREAM);
  listener.bind(['127.0.0.1', 0]);
  listener.listen(0);
  const address = listener.getsockname();
  const waiting: Socket[] = [];
  for (;;) {
    const client = new Socket(AF_INET, SOCK_STREAM);
    waiting.push(client);
    const task = loop.createTask(() => loop.sockConnect(client, address));
    for (let turn = 0; turn < 20 && !task.done(); turn += 1) await sleep(0);
    if (!task.done()) {
      task.cancel();
      break;
    }
  }
  await sleep(0);
  return {
    port: (address as [string, number])[1],
    [Symbol.dispose]: () => {
      for (const socket of [listener, ...waiting]) socket.close();
    },
  };
}
