import { describe, expect, it } from 'vitest';
import { ByteQueue } from './byte-queue.ts';

function queueOf(...pieces: readonly string[]): ByteQueue {
  const queue = new ByteQueue();
  for (const piece of pieces) queue.push(Buffer.from(piece));
  return queue;
}

describe('ByteQueue', () => {
  it('STR-009 gives bytes in order, whatever is taken', () => {
    const queue = queueOf('abc', 'd', 'efghi');
    expect(queue.size).toBe(9);
    expect(queue.take(2).toString()).toBe('ab');
    expect(queue.take(3).toString()).toBe('cde');
    expect(queue.take(0).toString()).toBe('');
    queue.push(Buffer.from('j'));
    expect(queue.takeAll().toString()).toBe('fghij');
    expect(queue.size).toBe(0);
    expect(queue.takeAll().toString()).toBe('');
  });

  it('STR-009 does not keep a large piece alive for a small part of it', () => {
    const queue = new ByteQueue();
    const piece = Buffer.alloc(100_000, 'x');
    queue.push(piece);
    expect(queue.take(10).buffer).not.toBe(piece.buffer);
    expect(queue.take(10_000).buffer).toBe(piece.buffer);
  });

  it('STR-015 finds what is over the borders of many pieces, from any place on', () => {
    const whole = 'xaabaaabaaaab';
    for (const needle of ['b', 'ab', 'aab', 'aaab', 'aaaab', 'abaaa', 'ba', 'z', whole]) {
      for (let size = 1; size <= whole.length; size += 1) {
        for (let from = 0; from <= whole.length; from += 1) {
          const queue = queueOf('??', ...(whole.match(new RegExp(`.{1,${size}}`, 'g')) ?? []));
          void queue.take(2);
          const found = queue.indexOf(Buffer.from(needle), from);
          expect([needle, size, from, found]).toEqual([
            needle,
            size,
            from,
            whole.indexOf(needle, from),
          ]);
        }
      }
    }
  });

  it('STR-015 finds it behind a part that has been taken', () => {
    const queue = queueOf('ab\ncd', 'e\n');
    expect(queue.take(3).toString()).toBe('ab\n');
    expect(queue.indexOf(Buffer.from('\n'), 0)).toBe(3);
    expect(queue.indexOf(Buffer.from('e\n'), 2)).toBe(2);
    queue.clear();
    expect(queue.indexOf(Buffer.from('\n'), 0)).toBe(-1);
  });

  it('STR-024 holds many small pieces, and forgets those that were taken', () => {
    const queue = new ByteQueue();
    for (let round = 0; round < 300; round += 1) queue.push(Buffer.from([round & 255]));
    for (let round = 0; round < 300; round += 1) expect(queue.take(1)[0]).toBe(round & 255);
    expect(queue.size).toBe(0);
  });
});
