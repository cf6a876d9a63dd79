// A future from pending to a result or an error.
import { newEventLoop, ValueError } from '@loop/core';
import { repr, className, type Print } from '../../src/print.ts';

export async function callbacks(print: Print): Promise<void> {
  function attempt(operation: () => unknown) {
    try {
      return operation();
    } catch (error) {
      return `throws ${repr(error)}`;
    }
  }

  const loop = newEventLoop();
  const future = loop.createFuture<string>();
  print(future.done(), future.cancelled(), future.getLoop() === loop);
  for (const operation of [() => future.result(), () => future.exception()]) {
    try {
      operation();
    } catch (error) {
      print(className(error));
    }
  }
  print(future.setResult('value'));
  print(future.done(), future.cancelled(), future.result(), future.result(), future.exception());
  const boom = new ValueError('boom');
  const failed = loop.createFuture();
  print(failed.setException(boom));
  print(
    failed.done(),
    failed.cancelled(),
    attempt(() => failed.result()),
    attempt(() => failed.result()),
  );
  print(failed.exception() === boom, failed.exception() === boom);
  loop.close();
}
