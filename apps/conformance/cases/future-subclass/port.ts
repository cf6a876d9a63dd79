// A task that awaits a future of a subclass goes through its addDoneCallback(), once.
import { EventLoop, Future } from '@loop/core';
import type { Print } from '../../src/print.ts';

export async function generator(print: Print): Promise<void> {
  class CountedFuture<T> extends Future<T> {
    override addDoneCallback(...args: Parameters<Future<T>['addDoneCallback']>) {
      print('add_done_callback');
      super.addDoneCallback(...args);
    }
  }

  class Loop extends EventLoop {
    override createFuture<T>(): CountedFuture<T> {
      return new CountedFuture<T>({ loop: this });
    }
  }

  function* main() {
    const future = loop.createFuture<string>();
    print(future.constructor.name.replace('Counted', ''));
    loop.callSoon(() => future.setResult('result'));
    print(yield* future);
    print(yield* future);
  }

  const loop = new Loop();
  await loop.runUntilComplete(main);
  loop.close();
}

export async function asynchronous(print: Print): Promise<void> {
  class CountedFuture<T> extends Future<T> {
    override addDoneCallback(...args: Parameters<Future<T>['addDoneCallback']>) {
      print('add_done_callback');
      super.addDoneCallback(...args);
    }
  }

  class Loop extends EventLoop {
    override createFuture<T>(): CountedFuture<T> {
      return new CountedFuture<T>({ loop: this });
    }
  }

  async function main() {
    const future = loop.createFuture<string>();
    print(future.constructor.name.replace('Counted', ''));
    loop.callSoon(() => future.setResult('result'));
    print(await future);
    print(await future);
  }

  const loop = new Loop();
  await loop.runUntilComplete(main);
  loop.close();
}
