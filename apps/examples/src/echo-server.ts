/** An echo server on plain sockets: `sockAccept`, `sockRecv`, `sockSendall`, one task per connection. */
import { getRunningLoop, TaskGroup } from '@loop/core';
import {
  AF_INET,
  OSError,
  SO_REUSEADDR,
  Socket,
  SOCK_STREAM,
  SOL_SOCKET,
  type SocketAddress,
} from '@loop/net';

/** What happened to a connection, for whoever wants to show it. */
export type Report = (peer: string, what: string) => void;

/** Opens a listening socket on the loopback interface; port 0 takes a free one. */
export function listen(port: number): Socket {
  const server = new Socket(AF_INET, SOCK_STREAM);
  try {
    server.setsockopt(SOL_SOCKET, SO_REUSEADDR, 1);
    server.bind(['127.0.0.1', port]);
    server.listen();
    return server;
  } catch (error) {
    server.close();
    throw error;
  }
}

/** Answers every connection until the task is cancelled; then all of them are closed. */
export async function serve(server: Socket, report: Report): Promise<void> {
  const loop = getRunningLoop();
  await TaskGroup.run(async (group) => {
    for (;;) {
      const [connection, address] = await loop.sockAccept(server);
      void group.createTask(() => echo(connection, nameOf(address), report));
    }
  });
}

/** Sends back what it receives, up to the end of the stream. */
async function echo(connection: Socket, peer: string, report: Report): Promise<void> {
  using _ = connection;
  const loop = getRunningLoop();
  report(peer, 'connected');
  try {
    for (;;) {
      const data = await loop.sockRecv(connection, 65536);
      if (data.length === 0) break;
      report(peer, `sent ${JSON.stringify(data.toString())}`);
      await loop.sockSendall(connection, data);
    }
    report(peer, 'closed');
  } catch (error) {
    // One broken connection is no reason to end the others.
    if (!(error instanceof OSError)) throw error;
    report(peer, `lost: ${error.code}`);
  }
}

function nameOf(address: SocketAddress): string {
  return Array.isArray(address) ? `${address[0]}:${address[1]}` : String(address);
}
