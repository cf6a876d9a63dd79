import { type EventLoop, type Future, NotImplementedError, operation } from '@loop/core';

/** Options of `Server.serveForever`. */
export interface ServeForeverOptions {
  /**
   * What becomes of the connections when it is cancelled: `wait` until they have gone, which is the default and
   * the reference's way; `close` them once what they have to send is sent; or `abort` them.
   */
  readonly clients?: 'wait' | 'close' | 'abort' | undefined;
}

/**
 * What every server has. Each method throws `NotImplementedError` here, or rejects with it.
 *
 * With `await using` a server is closed at the end of the block, when its connections have gone too.
 *
 * @see CPython `asyncio.AbstractServer`
 */
export abstract class AbstractServer implements AsyncDisposable {
  getLoop(): EventLoop {
    return missing('getLoop');
  }

  /** Whether connections are accepted. */
  isServing(): boolean {
    return missing('isServing');
  }

  /** Starts to accept connections; without effect if it does. */
  startServing(): Future<void> {
    return rejected('startServing');
  }

  /** Accepts connections until it is cancelled. */
  serveForever(_options?: ServeForeverOptions): Future<void> {
    return rejected('serveForever');
  }

  /** Listens no more, at once. Connections stay open. */
  close(): void {
    missing('close');
  }

  /** Closes every connection; what is buffered is sent. */
  closeClients(): void {
    missing('closeClients');
  }

  /** Closes every connection at once. */
  abortClients(): void {
    missing('abortClients');
  }

  /** Waits until the server is closed and the last of its connections is gone. */
  waitClosed(): Future<void> {
    return rejected('waitClosed');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
    await this.waitClosed();
  }
}

function rejected(method: string): Future<never> {
  return operation(function* () {
    return missing(method);
  });
}

function missing(method: string): never {
  throw new NotImplementedError(`This server does not implement ${method}()`);
}
