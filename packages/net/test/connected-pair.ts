import type { EventLoop } from '@loop/core';
import type { CreateConnectionOptions, Server, ServeOptions } from '@loop/net';
import { portOf } from './in-loop.ts';
import { Recorder } from './recorder.ts';

/** Both ends of a connection on one loop. */
export interface ConnectedPair {
  readonly near: Recorder;
  readonly far: Recorder;
  readonly server: Server;
}

/** Connects over TCP; the `connectionMade` of both ends has run. */
export async function connectPair(
  loop: EventLoop,
  options: {
    readonly server?: ServeOptions;
    readonly client?: CreateConnectionOptions;
    readonly near?: Recorder;
    readonly far?: Recorder;
  } = {},
): Promise<ConnectedPair> {
  const { near = new Recorder(loop), far = new Recorder(loop) } = options;
  const server = await loop.createServer(() => far, '127.0.0.1', 0, options.server);
  await loop.createConnection(() => near, '127.0.0.1', portOf(server), options.client);
  await far.made;
  return { near, far, server };
}

/** Closes the near end, waits for both to be lost, and closes the server. */
export async function closePair({ near, far, server }: ConnectedPair): Promise<void> {
  near.transport.close();
  await near.lost;
  await far.lost;
  server.close();
  await server.waitClosed();
}
