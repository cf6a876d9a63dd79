// setException() makes an error of a class, and refuses what is none.
import { newEventLoop, RuntimeError } from '@loop/core';
import { repr, className, type Print } from '../../src/print.ts';

export async function callbacks(print: Print): Promise<void> {
  const loop = newEventLoop();
  let future = loop.createFuture();
  future.setException(RuntimeError);
  print(repr(future.exception()), future.exception() === future.exception());
  future = loop.createFuture();
  for (const value of ['text', 5, null, Object]) {
    try {
      future.setException(value as never);
    } catch (error) {
      print(className(error), future.done());
    }
  }
  loop.close();
}
