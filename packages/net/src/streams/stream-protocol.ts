import {
  type Coroutine,
  type EventLoop,
  type Future,
  getEventLoop,
  isCoroutine,
  isCoroutineFunction,
  Task,
} from '@loop/core';
import { describe } from '@loop/posix/internal';
import { Protocol } from '../transport/protocol.ts';
import type { Transport } from '../transport/transport.ts';
import { StreamFlow } from './stream-flow.ts';
import { checkReader, type StreamReader } from './stream-reader.ts';
import { StreamWriter, type WriterProtocol } from './stream-writer.ts';

/**
 * What a server calls for each connection. If it is async or a generator function, or returns what
 * can be awaited, that is a task of its own.
 */
export type ClientConnected = (reader: StreamReader, writer: StreamWriter<Transport>) => unknown;

/**
 * Feeds a {@link StreamReader} with what a transport delivers.
 *
 * @see CPython `asyncio.StreamReaderProtocol`
 */
export class StreamReaderProtocol extends Protocol implements WriterProtocol {
  /** What its writer waits for. */
  readonly flow: StreamFlow;
  readonly #loop: EventLoop;
  readonly #reader: StreamReader;
  readonly #clientConnected: ClientConnected | null;
  #hasHalves = false;

  /**
   * @param clientConnected - Called for a connection of a server; none for a client.
   * @param loop - By default the running one.
   */
  constructor(
    reader: StreamReader,
    clientConnected: ClientConnected | null = null,
    loop: EventLoop = getEventLoop(),
  ) {
    super();
    checkReader(reader);
    if (clientConnected !== null && typeof clientConnected !== 'function') {
      throw new TypeError(
        `Expected clientConnected to be a function or null, got ${describe(clientConnected)}`,
      );
    }
    this.#reader = reader;
    this.#clientConnected = clientConnected;
    this.#loop = loop;
    this.flow = new StreamFlow(loop);
  }

  override connectionMade(transport: Transport): void {
    this.#hasHalves = transport.canWriteEof();
    this.#reader.setTransport(transport);
    if (this.#clientConnected !== null) this.#serve(transport, this.#clientConnected);
  }

  override dataReceived(data: Buffer): void {
    this.#reader._feed(data);
  }

  override eofReceived(): boolean {
    this.#reader.feedEof();
    // TLS has no half of a connection to keep.
    return this.#hasHalves;
  }

  override connectionLost(error: Error | null): void {
    if (error === null) this.#reader.feedEof();
    else this.#reader.setException(error);
    this.flow.lose(error);
  }

  override pauseWriting(): void {
    this.flow.pause();
  }

  override resumeWriting(): void {
    this.flow.resume();
  }

  /** @internal */
  get _serverSide(): boolean {
    return this.#clientConnected !== null;
  }

  /** TLS has taken the place of what was there. @internal */
  _replaceTransport(transport: Transport): void {
    this.#hasHalves = transport.canWriteEof();
    this.#reader._replaceTransport(transport);
  }

  #serve(transport: Transport, clientConnected: ClientConnected): void {
    const reader = this.#reader;
    const writer = new StreamWriter(transport, this, reader, this.#loop);
    const task = isCoroutineFunction(clientConnected)
      ? this.#loop.createTask(() => clientConnected(reader, writer) as Coroutine<unknown>)
      : this.#call(() => clientConnected(reader, writer));
    task?.addDoneCallback((done) => this.#served(done, transport));
  }

  /**
   * Calls a plain function. It may call an async one, as `(reader, writer) => serve(reader, writer)`, which
   * begins at once and needs a task from its first step on; so there is one until it is known better.
   */
  #call(clientConnected: () => unknown): Task | null {
    let returned: unknown;
    let thrown: { readonly error: unknown } | null = null;
    const body = (): Coroutine<unknown> => {
      try {
        returned = clientConnected();
      } catch (error) {
        thrown = { error };
      }
      return (isAwaitable(returned) ? returned : nothing()) as Coroutine<unknown>;
    };
    const task = new Task(body, { loop: this.#loop, eagerStart: true });
    if (thrown !== null) throw (thrown as { readonly error: unknown }).error;
    return isAwaitable(returned) ? task : null;
  }

  #served(task: Future, transport: Transport): void {
    if (task.cancelled()) {
      transport.close();
      return;
    }
    const exception = task.exception();
    if (exception === null) return;
    this.#loop.callExceptionHandler({
      message: 'Unhandled exception in client_connected_cb',
      exception,
      transport,
    });
    transport.close();
  }
}

function isAwaitable(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return isCoroutine(value) || ('then' in value && typeof value.then === 'function');
}

function* nothing(): Coroutine<void> {}
