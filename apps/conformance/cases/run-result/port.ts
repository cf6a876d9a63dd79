// run() gives main's result or error, and always closes its loop.
import { type EventLoop, getEventLoop, getRunningLoop, run, sleep, ValueError } from '@loop/core';
import { repr, className, type Print } from '../../src/print.ts';

export async function generator(print: Print): Promise<void> {
  function* main(value: number) {
    loops.push(getRunningLoop());
    yield* sleep(0);
    if (value < 0) throw new ValueError('negative');
    return value * 2;
  }

  const loops: EventLoop[] = [];
  print(await run(main(21)));
  try {
    await run(main(-1));
  } catch (error) {
    print(repr(error));
  }
  print(
    loops[0] === loops[1],
    loops.map((loop) => loop.isClosed()),
  );
  for (const get of [getRunningLoop, getEventLoop]) {
    try {
      get();
    } catch (error) {
      print(className(error));
    }
  }
}

export async function asynchronous(print: Print): Promise<void> {
  async function main(value: number) {
    loops.push(getRunningLoop());
    await sleep(0);
    if (value < 0) throw new ValueError('negative');
    return value * 2;
  }

  const loops: EventLoop[] = [];
  print(await run(() => main(21)));
  try {
    await run(() => main(-1));
  } catch (error) {
    print(repr(error));
  }
  print(
    loops[0] === loops[1],
    loops.map((loop) => loop.isClosed()),
  );
  for (const get of [getRunningLoop, getEventLoop]) {
    try {
      get();
    } catch (error) {
      print(className(error));
    }
  }
}
