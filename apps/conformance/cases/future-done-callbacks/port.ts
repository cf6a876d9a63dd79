// Done callbacks run in order, in the iteration behind the one that finishes the future.
import { type Future, newEventLoop, ValueError } from '@loop/core';
import type { Print } from '../../src/print.ts';

export async function callbacks(print: Print): Promise<void> {
  function tick(n: number) {
    print('tick', n);
    if (n === 1) {
      future.setResult('x');
      print('set');
    }
    if (n === 2) {
      future.addDoneCallback(log('late'));
      print('added');
    }
    if (n < 4) loop.callSoon(tick, n + 1);
    else loop.stop();
  }

  function log(name: string) {
    return (future: Future) => {
      const outcome =
        future.cancelled() || ((future.exception() as Error | null)?.message ?? future.result());
      print(name, outcome);
    };
  }

  const loop = newEventLoop();
  const future = loop.createFuture();
  const twice = log('twice');
  for (const callback of [log('first'), twice, twice, log('last')]) {
    future.addDoneCallback(callback);
  }
  const failed = loop.createFuture();
  failed.addDoneCallback(log('failed'));
  const cancelled = loop.createFuture();
  cancelled.addDoneCallback(log('cancelled'));
  failed.setException(new ValueError('boom'));
  cancelled.cancel();
  loop.callSoon(tick, 1);
  print('running');
  await loop.runForever();
  loop.close();
}
