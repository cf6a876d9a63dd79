import { closeSync, openSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { KeyError, RuntimeError, ValueError } from '@loop/core/errors';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EVENT_READ, EVENT_WRITE, type Selector } from '../src/selectors/selector.ts';
import { EventDescriptor } from '../src/io/eventfd.ts';
import { pipe } from '../src/pipe.ts';
import { OSError } from '../src/os-error.ts';
import type { Socket } from '../src/socket/socket.ts';
import { socketpair } from '../src/socket/socketpair.ts';
import { openDescriptors } from './descriptor-count.ts';

const BOTH = EVENT_READ | EVENT_WRITE;

export interface SelectorTraits {
  /** Whether a regular file cannot be registered. */
  readonly refusesFiles: boolean;
}

/** What every selector does alike. */
export function selectorSuite(name: string, create: () => Selector, traits: SelectorTraits): void {
  describe(name, () => {
    let before = openDescriptors();
    let selector: Selector;
    let one: Socket;
    let other: Socket;
    beforeEach(() => {
      before = openDescriptors();
      selector = create();
      [one, other] = socketpair();
    });
    afterEach(() => {
      // Absent where the test was skipped.
      for (const closable of [selector, one, other]) closable?.close();
      expect(openDescriptors()).toEqual(before);
    });

    const codeOf = (call: () => unknown): string => {
      try {
        call();
      } catch (error) {
        if (error instanceof OSError) return error.code;
        throw error;
      }
      return 'no error';
    };

    describe('register', () => {
      it('SEL-005 returns a key of file object, descriptor, events and data', () => {
        const data = { any: 'thing' };
        const key = selector.register(one, EVENT_READ, data);
        expect(key).toEqual({ fileobj: one, fd: one.fileno(), events: EVENT_READ, data });
        expect(key.fileobj).toBe(one);
        expect(key.data).toBe(data);
        expect(selector.getKey(one)).toBe(key);
      });

      it('SEL-005 takes a number, and what has fileno() or fd', () => {
        const numbers = selector.register(one.fileno(), BOTH);
        expect(numbers.data).toBeUndefined();
        const held = { fd: other.fileno() };
        expect(selector.register(held, EVENT_WRITE).fileobj).toBe(held);
      });

      it.each([0, 4, 7, -1, 1.5, '1', undefined])('SEL-005 refuses the events %j', (events) => {
        const call = (): unknown => selector.register(one, events as number);
        expect(call).toThrow(ValueError);
        expect(call).toThrow('Invalid events: ');
        expect(selector.getMap()!.size).toBe(0);
      });

      it.each([['a string'], [null], [undefined], [{}], [{ fileno: () => 'x' }], [{ fd: null }]])(
        'SEL-005 refuses the file object %j',
        (fileobj) => {
          const call = (): unknown => selector.register(fileobj as never, EVENT_READ);
          expect(call).toThrow(ValueError);
          expect(call).toThrow('Invalid file object: ');
        },
      );

      it('SEL-005 refuses a closed socket and numbers that are no descriptor', () => {
        const socket = one.dup();
        socket.close();
        for (const fileobj of [socket, -1, { fd: -1 }]) {
          expect(() => selector.register(fileobj, EVENT_READ)).toThrow(
            'Invalid file descriptor: -1',
          );
        }
        expect(() => selector.register(2 ** 40, EVENT_READ)).toThrow(ValueError);
      });

      it('SEL-006 refuses a descriptor a second time, by number or object', () => {
        selector.register(one, EVENT_READ);
        for (const fileobj of [one, one.fileno(), { fd: one.fileno() }]) {
          const call = (): unknown => selector.register(fileobj, EVENT_WRITE);
          expect(call).toThrow(KeyError);
          expect(call).toThrow('is already registered');
        }
        expect(selector.getKey(one).events).toBe(EVENT_READ);
      });

      it('FD-013 SEL-005 refuses a descriptor that is not open', () => {
        expect(codeOf(() => selector.register(999_999, EVENT_READ))).toBe('EBADF');
        expect(selector.getMap()!.size).toBe(0);
      });

      it(`FD-013 SEL-005 ${traits.refusesFiles ? 'refuses' : 'takes'} a regular file`, () => {
        const file = openSync(fileURLToPath(import.meta.url), 'r');
        const code = codeOf(() => selector.register(file, EVENT_READ));
        closeSync(file);
        expect(code).toBe(traits.refusesFiles ? 'EPERM' : 'no error');
        expect(selector.getMap()!.size).toBe(traits.refusesFiles ? 0 : 1);
      });
    });

    describe('unregister', () => {
      it('SEL-007 returns the key, and then knows it no more', () => {
        const key = selector.register(one, EVENT_READ, 7);
        expect(selector.unregister(one.fileno())).toBe(key);
        expect(() => selector.unregister(one)).toThrow(KeyError);
        expect(() => selector.unregister(one)).toThrow('is not registered');
        expect(() => selector.unregister('one' as never)).toThrow('Invalid file object: "one"');
        other.send(Buffer.from('x'));
        expect(selector.select(0)).toEqual([]);
        selector.register(one, EVENT_READ);
        expect(selector.select(0)).toHaveLength(1);
      });

      it('SEL-007 works after the object was closed, and after its number was reused', () => {
        const copy = one.dup();
        const fd = copy.fileno();
        const key = selector.register(copy, EVENT_READ);
        copy.close();
        expect(selector.unregister(copy)).toBe(key);
        const again = one.dup();
        expect(again.fileno()).toBe(fd);
        selector.register(again, EVENT_READ);
        again.close();
        expect(selector.unregister(fd).fileobj).toBe(again);
      });
    });

    describe('modify', () => {
      it('SEL-008 changes events and data and returns the new key', () => {
        const old = selector.register(one, EVENT_READ, 'a');
        expect(selector.select(0)).toEqual([]);
        const key = selector.modify(one, EVENT_WRITE, 'b');
        expect(key).toEqual({ fileobj: one, fd: one.fileno(), events: EVENT_WRITE, data: 'b' });
        expect(old).toEqual({ fileobj: one, fd: one.fileno(), events: EVENT_READ, data: 'a' });
        expect(selector.getKey(one)).toBe(key);
        expect(selector.select(0)).toEqual([[key, EVENT_WRITE]]);
        expect(selector.modify(one.fileno(), EVENT_WRITE, 'c').data).toBe('c');
      });

      it('SEL-008 refuses what is not registered, and events that are none', () => {
        expect(() => selector.modify(one, EVENT_READ)).toThrow(KeyError);
        selector.register(one, EVENT_READ);
        expect(() => selector.modify(one, 0)).toThrow('Invalid events: 0');
        expect(selector.getKey(one).events).toBe(EVENT_READ);
      });

      it('SEL-008 unregisters the descriptor when the system refuses', () => {
        const copy = one.dup();
        const fd = copy.fileno();
        selector.register(fd, EVENT_READ);
        copy.close();
        expect(codeOf(() => selector.modify(fd, EVENT_WRITE))).toMatch(/^(EBADF|ENOENT)$/);
        expect(() => selector.getKey(fd)).toThrow(KeyError);
        expect(selector.getMap()!.size).toBe(0);
      });
    });

    describe('select', () => {
      it('SEL-009 reports keys with what is ready of what was asked', () => {
        const reader = selector.register(one, EVENT_READ);
        const writer = selector.register(other, EVENT_WRITE);
        expect(selector.select(0)).toEqual([[writer, EVENT_WRITE]]);
        other.send(Buffer.from('x'));
        expect(selector.select(0)).toHaveLength(2);
        expect(selector.select(0)).toContainEqual([reader, EVENT_READ]);
      });

      it('SEL-009 reports ready both ways in one entry', () => {
        const key = selector.register(one, BOTH);
        other.send(Buffer.from('x'));
        expect(selector.select(0)).toEqual([[key, BOTH]]);
      });

      it('SEL-009 is level-triggered', () => {
        selector.register(one, EVENT_READ);
        other.send(Buffer.from('xy'));
        expect(selector.select(0)).toHaveLength(1);
        one.recv(1);
        expect(selector.select(0)).toHaveLength(1);
        one.recv(1);
        expect(selector.select(0)).toEqual([]);
      });

      it('SEL-009 FD-009 a hang-up counts as readable and as writable', () => {
        const [readFd, writeFd] = pipe();
        const key = selector.register(readFd, EVENT_READ);
        const writeKey = selector.register(writeFd, EVENT_WRITE);
        closeSync(readFd);
        selector.unregister(readFd);
        expect(selector.select(0)).toEqual([[writeKey, EVENT_WRITE]]);
        selector.unregister(writeFd);
        closeSync(writeFd);
        expect(key.events).toBe(EVENT_READ);
        selector.register(one, EVENT_READ);
        other.close();
        expect(selector.select(0)).toHaveLength(1);
      });

      it('SEL-009 does not wait for a timeout of 0 or less, and waits no longer than it says', () => {
        selector.register(one, EVENT_READ);
        expect(selector.select(0)).toEqual([]);
        expect(selector.select(-1)).toEqual([]);
        const start = process.hrtime.bigint();
        expect(selector.select(0.0101)).toEqual([]);
        // Rounded up, never early.
        expect(process.hrtime.bigint() - start).toBeGreaterThanOrEqual(10_100_000n);
      });

      it('SEL-009 returns from waiting without end once something is ready', () => {
        const key = selector.register(one, EVENT_WRITE);
        expect(selector.select(null)).toEqual([[key, EVENT_WRITE]]);
        expect(selector.select()).toEqual([[key, EVENT_WRITE]]);
      });

      it('SEL-009 refuses a timeout that is no number', () => {
        expect(() => selector.select('1' as never)).toThrow(TypeError);
        expect(() => selector.select(Number.NaN)).toThrow('got NaN');
      });

      it('SEL-009 finds what is ready among hundreds', () => {
        const events = Array.from({ length: 300 }, () => new EventDescriptor());
        for (const event of events) selector.register(event, EVENT_READ, event.fileno());
        const chosen = events.filter((_, index) => index % 7 === 0);
        for (const event of chosen) event.signal();
        const ready = selector.select(0).map(([key]) => key.data);
        expect(new Set(ready)).toEqual(new Set(chosen.map((event) => event.fileno())));
        events.splice(0, 150).forEach((event) => {
          selector.unregister(event);
          event.close();
        });
        for (const event of events) event.signal();
        expect(selector.select(0)).toHaveLength(150);
        for (const event of events) event.close();
      });

      it('SEL-009 visits without making a list, where it can', () => {
        const key = selector.register(one, EVENT_WRITE);
        const seen: unknown[] = [];
        expect(selector.selectEach?.(0, (...found) => seen.push(found))).toBe(1);
        expect(seen).toEqual([[key, EVENT_WRITE]]);
        expect(() => selector.selectEach?.(0, 'visit' as never)).toThrow(TypeError);
      });
    });

    describe('the map', () => {
      it('SEL-010 is live, and read by object or descriptor', () => {
        const map = selector.getMap()!;
        expect(map.size).toBe(0);
        const key = selector.register(one, EVENT_READ);
        expect(map.size).toBe(1);
        expect([...map]).toEqual([one.fileno()]);
        expect([...map.keys()]).toEqual([one.fileno()]);
        expect([...map.values()]).toEqual([key]);
        expect(map.get(one)).toBe(key);
        expect(map.get(one.fileno())).toBe(key);
        expect(map.has(other)).toBe(false);
        expect(map.get(other)).toBeUndefined();
        selector.unregister(one);
        expect(map.size).toBe(0);
      });

      it('SEL-010 getKey refuses what is unknown', () => {
        expect(() => selector.getKey(one)).toThrow(KeyError);
        expect(() => selector.getKey(999_999)).toThrow('999999 is not registered');
      });
    });

    describe('close', () => {
      it('SEL-011 ends everything, and may be repeated', () => {
        selector.register(one, EVENT_READ);
        selector.close();
        selector.close();
        expect(selector.getMap()).toBeNull();
        expect(() => selector.getKey(one)).toThrow(RuntimeError);
        expect(() => selector.getKey(one)).toThrow('Selector is closed');
        expect(() => selector.select(0)).toThrow('Selector is closed');
        expect(() => selector.register(one, EVENT_READ)).toThrow('Selector is closed');
        expect(() => selector.modify(one, EVENT_READ)).toThrow('Selector is closed');
        expect(() => selector.unregister(one)).toThrow('Selector is closed');
        expect(selector.fileno?.() ?? -1).toBe(-1);
      });

      it('SEL-011 happens at the end of a using block', () => {
        const inner = create();
        {
          using scoped = inner;
          scoped.register(one, EVENT_READ);
        }
        expect(inner.getMap()).toBeNull();
      });
    });
  });
}
