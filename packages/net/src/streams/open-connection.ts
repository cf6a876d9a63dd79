import { type Coroutine, type EventLoop, type Future, getRunningLoop, operation } from '@loop/core';
import { checkObject } from '../check-options.ts';
import type { CreateConnectionOptions } from '../connect/create-connection.ts';
import type { CreateUnixConnectionOptions } from '../connect/create-unix-connection.ts';
import type { Host, Port } from '../resolve.ts';
import type { UnixPath } from '../socket/unix-path.ts';
import type { Transport } from '../transport/transport.ts';
import { StreamReaderProtocol } from './stream-protocol.ts';
import { DEFAULT_LIMIT, StreamReader } from './stream-reader.ts';
import { StreamWriter } from './stream-writer.ts';

/** The two sides of a connection. */
export type StreamPair = [reader: StreamReader, writer: StreamWriter<Transport>];

/** What all functions that open streams take beyond the options of the loop's method. */
export interface StreamOptions {
  /** The reader's limit in bytes: the longest line, and half of what is buffered; by default 65536. */
  readonly limit?: number | undefined;
}

/**
 * Connects to `host` and `port`, as `loop.createConnection` does with all of its options, and gives a
 * reader and a writer.
 *
 * ```ts
 * const [reader, writer] = await openConnection('localhost', 7007);
 * ```
 *
 * @see CPython `asyncio.open_connection`
 */
export function openConnection(
  host?: Host,
  port?: Port,
  options: CreateConnectionOptions & StreamOptions = {},
): Future<StreamPair> {
  return open('openConnection', options, (loop, factory, rest) =>
    loop.createConnection(factory, host, port, rest),
  );
}

/**
 * Connects to the Unix socket at `path`, as `loop.createUnixConnection` does.
 *
 * @see CPython `asyncio.open_unix_connection`
 */
export function openUnixConnection(
  path?: UnixPath | null,
  options: CreateUnixConnectionOptions & StreamOptions = {},
): Future<StreamPair> {
  return open('openUnixConnection', options, (loop, factory, rest) =>
    loop.createUnixConnection(factory, path, rest),
  );
}

function open<O extends StreamOptions>(
  method: string,
  options: O,
  connect: Connect<O>,
): Future<StreamPair> {
  return operation(function* (): Coroutine<StreamPair> {
    checkObject(options, method);
    const { limit, ...rest } = options;
    const loop = getRunningLoop();
    const reader = new StreamReader(limit ?? DEFAULT_LIMIT, loop);
    const factory = (): StreamReaderProtocol => new StreamReaderProtocol(reader, null, loop);
    const [transport, protocol] = yield* connect(loop, factory, rest);
    return [reader, new StreamWriter(transport, protocol, reader, loop)];
  });
}

type Connect<O> = (
  loop: EventLoop,
  factory: () => StreamReaderProtocol,
  options: Omit<O, 'limit'>,
) => Future<[Transport, StreamReaderProtocol]>;
