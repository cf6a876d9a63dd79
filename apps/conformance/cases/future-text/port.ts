// The text form of a future tells its state.
import { newEventLoop, RuntimeError } from '@loop/core';
import { repr, type Print } from '../../src/print.ts';

export async function callbacks(print: Print): Promise<void> {
  const loop = newEventLoop();
  let future = loop.createFuture<number>();
  print(future);
  future.setResult(4);
  print(future);
  future = loop.createFuture<number>();
  future.cancel();
  print(future);
  future = loop.createFuture<number>();
  future.setException(new RuntimeError());
  print(String(future).split('(')[0]);
  print(repr(future.exception()));
  loop.close();
}
