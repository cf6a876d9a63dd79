// A queue gives items in order; put waits while it is full, get while it is empty.
import { gather, newEventLoop, Queue } from '@loop/core';
import { className, type Print } from '../../src/print.ts';

export async function generator(print: Print): Promise<void> {
  function tick(n: number) {
    print('tick', n);
    if (n < 6) loop.callSoon(tick, n + 1);
  }

  function* producer() {
    for (let n = 0; n < 4; n++) {
      yield* queue.put(n);
      print('put', n, queue.qsize());
    }
  }

  function* consumer(name: string) {
    for (let n = 0; n < 2; n++) {
      print(name, 'got', yield* queue.get());
    }
  }

  function* main() {
    print(queue.maxsize, queue.empty(), queue.full(), queue.qsize());
    loop.callSoon(tick, 1);
    yield* gather(consumer('a'), producer(), consumer('b'));
    queue.putNowait('x');
    queue.putNowait('y');
    print(queue.empty(), queue.full(), queue.qsize());
    try {
      queue.putNowait('z');
    } catch (error) {
      print(className(error));
    }
    print(queue.getNowait(), queue.getNowait());
    try {
      queue.getNowait();
    } catch (error) {
      print(className(error));
    }
    const unbounded = new Queue<number>();
    for (let n = 0; n < 1000; n++) unbounded.putNowait(n);
    print(unbounded.maxsize, unbounded.full(), unbounded.qsize());
    const fractional = new Queue<number>(1.3);
    fractional.putNowait(1);
    fractional.putNowait(2);
    print(fractional.full());
  }

  const queue = new Queue<number | string>(2);
  const loop = newEventLoop();
  await loop.runUntilComplete(main);
  loop.close();
}

export async function asynchronous(print: Print): Promise<void> {
  function tick(n: number) {
    print('tick', n);
    if (n < 6) loop.callSoon(tick, n + 1);
  }

  async function producer() {
    for (let n = 0; n < 4; n++) {
      await queue.put(n);
      print('put', n, queue.qsize());
    }
  }

  async function consumer(name: string) {
    for (let n = 0; n < 2; n++) {
      print(name, 'got', await queue.get());
    }
  }

  async function main() {
    print(queue.maxsize, queue.empty(), queue.full(), queue.qsize());
    loop.callSoon(tick, 1);
    await gather(
      () => consumer('a'),
      () => producer(),
      () => consumer('b'),
    );
    queue.putNowait('x');
    queue.putNowait('y');
    print(queue.empty(), queue.full(), queue.qsize());
    try {
      queue.putNowait('z');
    } catch (error) {
      print(className(error));
    }
    print(queue.getNowait(), queue.getNowait());
    try {
      queue.getNowait();
    } catch (error) {
      print(className(error));
    }
    const unbounded = new Queue<number>();
    for (let n = 0; n < 1000; n++) unbounded.putNowait(n);
    print(unbounded.maxsize, unbounded.full(), unbounded.qsize());
    const fractional = new Queue<number>(1.3);
    fractional.putNowait(1);
    fractional.putNowait(2);
    print(fractional.full());
  }

  const queue = new Queue<number | string>(2);
  const loop = newEventLoop();
  await loop.runUntilComplete(main);
  loop.close();
}
