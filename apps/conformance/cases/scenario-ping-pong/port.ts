// Two tasks that wake each other by events take one iteration a turn.
import { Event, gather, newEventLoop } from '@loop/core';
import type { Print } from '../../src/print.ts';

export async function generator(print: Print): Promise<void> {
  function tick(n: number) {
    print('tick', n);
    if (n < 7) loop.callSoon(tick, n + 1);
  }

  function* player(name: string, mine: Event, other: Event) {
    for (let n = 0; n < 3; n++) {
      yield* mine.wait();
      mine.clear();
      print(name, n);
      other.set();
    }
  }

  function* main() {
    loop.callSoon(tick, 1);
    const [ping, pong] = [new Event(), new Event()];
    const players = [player('ping', ping, pong), player('pong', pong, ping)];
    ping.set();
    yield* gather(...players);
    print('over');
  }

  const loop = newEventLoop();
  await loop.runUntilComplete(main);
  loop.close();
}

export async function asynchronous(print: Print): Promise<void> {
  function tick(n: number) {
    print('tick', n);
    if (n < 7) loop.callSoon(tick, n + 1);
  }

  async function player(name: string, mine: Event, other: Event) {
    for (let n = 0; n < 3; n++) {
      await mine.wait();
      mine.clear();
      print(name, n);
      other.set();
    }
  }

  async function main() {
    loop.callSoon(tick, 1);
    const [ping, pong] = [new Event(), new Event()];
    const players = [() => player('ping', ping, pong), () => player('pong', pong, ping)];
    ping.set();
    await gather(...players);
    print('over');
  }

  const loop = newEventLoop();
  await loop.runUntilComplete(main);
  loop.close();
}
