// An outcome is final.
import { newEventLoop, ValueError } from '@loop/core';
import { repr, className, type Print } from '../../src/print.ts';

export async function callbacks(print: Print): Promise<void> {
  function attempt(name: string, operation: () => unknown) {
    try {
      print(name, operation());
    } catch (error) {
      print(name, className(error));
    }
  }

  const loop = newEventLoop();
  const done = loop.createFuture<number>();
  done.setResult(1);
  const failed = loop.createFuture<number>();
  failed.setException(new ValueError('first'));
  const cancelled = loop.createFuture<number>();
  print(cancelled.cancel(), cancelled.cancelled(), cancelled.done());
  for (const [name, future] of Object.entries({ done, failed, cancelled })) {
    attempt(name, () => future.setResult(2));
    attempt(name, () => future.setException(new ValueError('second')));
    attempt(name, () => future.cancel());
  }
  print(done.result(), repr(failed.exception()), cancelled.cancelled());
  loop.close();
}
