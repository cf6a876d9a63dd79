import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { collectGarbage } from '../../test/collect-garbage.ts';
import { styles, turn, wait } from '../../test/coroutine-styles.ts';
import { EventLoop, type ExceptionContext } from '../loop/event-loop.ts';
import { VirtualHost } from '../testing/virtual-host.ts';
import type { Future } from './future.ts';

let loop: EventLoop;
let reports: ExceptionContext[];

beforeEach(({ skip }) => {
  skip('Bun' in globalThis, 'needs a collector that looks for no pointers in the stack');
  loop = new EventLoop({ host: new VirtualHost() });
  reports = [];
  loop.setExceptionHandler((_loop, context) => reports.push(context));
});

afterEach(() => {
  loop.close();
});

const messages = (): unknown[] => reports.map(({ message }) => message);

function failed(): Future<number> {
  const future = loop.createFuture<number>();
  future.setException(new Error('nobody looks'));
  return future;
}

const lookAt: Array<[string, (future: Future<number>) => unknown]> = [
  ['result() was called', (future) => expect(() => future.result()).toThrow('nobody looks')],
  ['exception() was called', (future) => future.exception()],
  ['cancel() was called', (future) => expect(future.cancel()).toBe(false)],
];

describe('an error that nobody looked at', () => {
  it('FUT-025 is reported when its future is collected, once', async () => {
    void failed();
    await collectGarbage();
    expect(messages()).toEqual(['Future exception was never retrieved']);
    expect(reports[0]?.exception).toEqual(new Error('nobody looks'));
    expect(reports[0]).not.toHaveProperty('future');
    await collectGarbage();
    loop.close();
    expect(reports).toHaveLength(1);
  });

  it('FUT-025 is reported when the loop closes, with the future, and not again', async () => {
    const future = failed();
    loop.close();
    expect(reports).toHaveLength(1);
    expect(reports[0]?.message).toBe('Future exception was never retrieved');
    expect(reports[0]?.future === future).toBe(true);
    loop.close();
    await collectGarbage();
    expect(reports).toHaveLength(1);
  });

  it('FUT-025 tells in debug mode where the future was created', () => {
    loop.setDebug(true);
    const future = failed();
    loop.close();
    expect(future.done()).toBe(true);
    expect(reports[0]?.source_traceback?.at(-1)).toMatch(/never-retrieved\.test\.ts:\d+/);
  });

  it.each(styles)(
    'FUT-025 is reported for a task under its own name ($style)',
    async ({ body }) => {
      await loop.runUntilComplete(
        body(function* () {
          void loop.createTask(
            body(function* () {
              yield* turn();
              throw new RangeError('in a task');
            }),
          );
          yield* turn();
          yield* turn();
          yield* turn();
        }),
      );
      await collectGarbage();
      expect(reports).toMatchObject([
        { message: 'Task exception was never retrieved', exception: new RangeError('in a task') },
      ]);
    },
  );

  it('FUT-025 is reported after the loop was closed as well', async () => {
    const late = (): void => {
      const future = loop.createFuture();
      loop.close();
      future.setException(new Error('late'));
    };
    late();
    await collectGarbage();
    expect(messages()).toEqual(['Future exception was never retrieved']);
  });

  it('FUT-025 does not keep its task by the frames of the error, of its causes and its parts', async () => {
    await loop.runUntilComplete(function* () {
      void loop.createTask(function* () {
        yield;
        const part = new Error('part', { cause: new Error('cause') });
        throw new AggregateError([part], 'whole');
      });
      yield;
      yield;
      yield;
    });
    await collectGarbage();
    expect(messages()).toEqual(['Task exception was never retrieved']);
  });

  it.each(lookAt)('FUT-026 FUT-027 is not reported if %s', async (_what, look) => {
    look(failed());
    await collectGarbage();
    loop.close();
    expect(reports).toEqual([]);
  });

  it.each(styles)(
    'FUT-026 is not reported if the future was awaited ($style)',
    async ({ body }) => {
      await loop.runUntilComplete(
        body(function* () {
          for (const future of [failed(), loop.createFuture<number>()]) {
            loop.callSoon(() => {
              if (!future.done()) future.setException(new Error('caught'));
            });
            try {
              yield* wait(future);
            } catch {}
          }
        }),
      );
      await collectGarbage();
      loop.close();
      expect(reports).toEqual([]);
    },
  );

  it.each<[string, (future: Future<number>) => Promise<unknown>]>([
    ['then()', (future) => future.then(undefined, () => {})],
    ['catch()', (future) => future.catch(() => {})],
    ['await', async (future) => await future.catch(() => {})],
    ['Promise.allSettled()', (future) => Promise.allSettled([future])],
  ])('FUT-026 is not reported to code outside of the loop that used %s', async (_what, use) => {
    await use(failed());
    await collectGarbage();
    loop.close();
    expect(reports).toEqual([]);
  });

  it('FUT-026 is not there in a future with a result, a cancelled or a pending one', async () => {
    const make = (): void => {
      loop.createFuture<number>().setResult(1);
      loop.createFuture().cancel();
      void loop.createFuture();
    };
    make();
    await collectGarbage();
    loop.close();
    expect(reports).toEqual([]);
  });
});
