import { type Coroutine, type EventLoop, type Future, getRunningLoop, operation } from '@loop/core';
import { describe } from '@loop/posix/internal';
import { checkObject } from '../check-options.ts';
import type { Port } from '../resolve.ts';
import type { CreateServerOptions } from '../serve/create-server.ts';
import type { CreateUnixServerOptions } from '../serve/create-unix-server.ts';
import type { Server } from '../serve/server.ts';
import type { UnixPath } from '../socket/unix-path.ts';
import type { StreamOptions } from './open-connection.ts';
import { type ClientConnected, StreamReaderProtocol } from './stream-protocol.ts';
import { DEFAULT_LIMIT, StreamReader } from './stream-reader.ts';

/**
 * Listens on `host` and `port`, as `loop.createServer` does with all of its options, and calls
 * `clientConnected(reader, writer)` for each connection.
 *
 * An async callback is a task of its own: if it fails, that is reported to the loop's exception handler and
 * the connection closed; if it is cancelled, the connection is closed. A connection is not closed when
 * the callback ends: that is for `writer.close()`, or `await using _ = writer`.
 *
 * @see CPython `asyncio.start_server`
 */
export function startServer(
  clientConnected: ClientConnected,
  host?: string | readonly string[] | null,
  port?: Port,
  options: CreateServerOptions & StreamOptions = {},
): Future<Server> {
  return serve('startServer', clientConnected, options, (loop, factory, rest) =>
    loop.createServer(factory, host, port, rest),
  );
}

/**
 * Listens on the Unix socket at `path`, as `loop.createUnixServer` does; else as {@link startServer}.
 *
 * @see CPython `asyncio.start_unix_server`
 */
export function startUnixServer(
  clientConnected: ClientConnected,
  path?: UnixPath | null,
  options: CreateUnixServerOptions & StreamOptions = {},
): Future<Server> {
  return serve('startUnixServer', clientConnected, options, (loop, factory, rest) =>
    loop.createUnixServer(factory, path, rest),
  );
}

function serve<O extends StreamOptions>(
  method: string,
  clientConnected: ClientConnected,
  options: O,
  listen: (
    loop: EventLoop,
    factory: () => StreamReaderProtocol,
    options: Omit<O, 'limit'>,
  ) => Future<Server>,
): Future<Server> {
  return operation(function* (): Coroutine<Server> {
    if (typeof clientConnected !== 'function') {
      throw new TypeError(
        `Expected clientConnected to be a function, got ${describe(clientConnected)}`,
      );
    }
    checkObject(options, method);
    const { limit, ...rest } = options;
    const loop = getRunningLoop();
    // A limit that does not fit is for the caller to know, and not for each connection.
    void new StreamReader(limit ?? DEFAULT_LIMIT, loop);
    const factory = (): StreamReaderProtocol => {
      const reader = new StreamReader(limit ?? DEFAULT_LIMIT, loop);
      return new StreamReaderProtocol(reader, clientConnected, loop);
    };
    return yield* listen(loop, factory, rest);
  });
}
