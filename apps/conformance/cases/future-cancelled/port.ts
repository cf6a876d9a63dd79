// A cancelled future throws CancelledError with the message; an error of that class is not a
// cancellation.
import { CancelledError, type Future, newEventLoop } from '@loop/core';
import { repr, type Print } from '../../src/print.ts';

export async function callbacks(print: Print): Promise<void> {
  function outcome(operation: () => unknown) {
    try {
      return operation();
    } catch (error) {
      return `throws ${repr(error)}`;
    }
  }

  const loop = newEventLoop();
  let future: Future;
  for (const message of ['why', 5, null]) {
    future = loop.createFuture();
    future.cancel(message);
    print(
      'result',
      outcome(() => future.result()),
    );
    future = loop.createFuture();
    future.cancel(message);
    print(
      'exception',
      outcome(() => future.exception()),
    );
  }
  future = loop.createFuture();
  future.cancel();
  print(
    'no message',
    outcome(() => future.result()),
  );
  future = loop.createFuture();
  future.setException(new CancelledError('stored'));
  print(
    future.done(),
    future.cancelled(),
    repr(future.exception()),
    outcome(() => future.result()),
  );
  loop.close();
}
