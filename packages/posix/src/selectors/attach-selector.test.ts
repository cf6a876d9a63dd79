import { describe, expect, it } from 'vitest';
import { socketpair } from '../socket/socketpair.ts';
import { attachSelector } from './attach-selector.ts';
import { EpollSelector } from './epoll-selector.ts';
import { NodeSelector } from './node-selector.ts';
import { PollSelector } from './poll-selector.ts';
import { EVENT_READ, EVENT_WRITE, type Selector } from './selector.ts';
import { everyTurn } from '../wake/wake.ts';
import '../../test/needs-ffi.ts';

describe.each<[string, () => Selector]>([
  ['EpollSelector', () => new EpollSelector()],
  ['PollSelector', () => new PollSelector()],
  ['NodeSelector', () => new NodeSelector()],
])('attached, %s', (_, create) => {
  it('SEL-003 wakes the loop for reading, writing, and after a change', async () => {
    const [one, other] = socketpair();
    const trace: string[] = [];
    await new Promise<void>((resolve) => {
      const { selector, wake } = attachSelector(create(), () => {
        for (const [{ fileobj }, events] of selector.select(0)) {
          trace.push(`${fileobj === one ? 'one' : 'other'} ${events}`);
          if (events === EVENT_WRITE) {
            other.send(Buffer.from('x'));
            selector.unregister(other);
          } else if (one.recv(1).length > 0) {
            selector.modify(one, EVENT_READ, 'again');
            other.close();
          } else {
            wake.close();
            selector.close();
            one.close();
            resolve();
          }
        }
      });
      selector.register(one, EVENT_READ);
      selector.register(other, EVENT_WRITE);
      wake.unref();
      wake.ref();
    });
    expect(trace).toEqual(['other 2', 'one 1', 'one 1']);
  });

  it('SEL-007 survives a descriptor that is closed in the tick it was registered in', async () => {
    const [one, other] = socketpair();
    const { selector, wake } = attachSelector(create(), () => {});
    const { fd } = selector.register(one, EVENT_READ);
    one.close();
    await new Promise((resolve) => {
      setImmediate(() => setImmediate(resolve));
    });
    expect(selector.unregister(fd).fileobj).toBe(one);
    wake.close();
    selector.close();
    other.close();
  });

  it('leaves the loop asleep while it is paused, and wakes it for what is ready then', async () => {
    const [one, other] = socketpair();
    let turns = 0;
    let woken: (() => void) | null = null;
    const { selector, wake } = attachSelector(create(), () => {
      turns += 1;
      if (selector.select(0).length > 0) woken?.();
    });
    wake.pause();
    wake.pause();
    selector.register(one, EVENT_READ);
    other.send(Buffer.from('x'));
    // A loop that spins makes some thousands.
    expect(await fewestTurns()).toBeLessThan(20);
    expect(turns).toBe(0);
    wake.resume();
    wake.resume();
    await new Promise<void>((resolve) => {
      woken = resolve;
    });
    wake.close();
    wake.pause();
    wake.resume();
    selector.close();
    one.close();
    other.close();
  });
});

/** How many turns Node makes in a few milliseconds, at its quietest: what runs the tests has some as well. */
async function fewestTurns(): Promise<number> {
  let turns = 0;
  let fewest = Infinity;
  const stop = everyTurn(() => (turns += 1));
  for (let window = 0; window < 100 && fewest >= 20; window += 1) {
    turns = 0;
    await new Promise((resolve) => {
      setTimeout(resolve, 5);
    });
    fewest = Math.min(fewest, turns);
  }
  stop();
  return fewest;
}
