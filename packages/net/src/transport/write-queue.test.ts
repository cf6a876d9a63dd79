import { describe, expect, it } from 'vitest';
import { WriteQueue } from './write-queue.ts';

const contents = (queue: WriteQueue): Buffer => Buffer.concat(queue.pieces).subarray(queue.offset);

describe('what waits to be written', () => {
  it('TR-013 is a copy, from the given place on', () => {
    const queue = new WriteQueue();
    const data = Buffer.from('abcdef');
    queue.push(data, 2);
    queue.push(data, 6);
    data.fill('x');
    expect([queue.size, contents(queue).toString()]).toEqual([4, 'cdef']);
    queue.clear();
    expect([queue.size, queue.pieces.length, queue.offset]).toEqual([0, 0, 0]);
  });

  it('TR-012 TR-025 keeps bytes in order, whatever is put in and taken out', () => {
    const queue = new WriteQueue();
    let model = Buffer.alloc(0);
    let seed = 1;
    const random = (below: number): number => {
      seed = (seed * 48_271) % 2_147_483_647;
      return seed % below;
    };
    const sizes = [0, 1, 10, 700, 8191, 8193, 16_384, 40_000];
    for (let step = 0; step < 2000; step += 1) {
      if (random(5) > 1) {
        const data = Buffer.alloc(sizes[random(sizes.length)]!, step & 255);
        const start = random(3) === 0 ? random(data.length + 1) : 0;
        queue.push(data, start);
        model = Buffer.concat([model, data.subarray(start)]);
      } else {
        const count = random(4) === 0 ? model.length : random(Math.min(model.length, 90_000) + 1);
        queue.drop(count);
        model = model.subarray(count);
      }
      expect(queue.size).toBe(model.length);
      expect(step % 20 > 0 || contents(queue).equals(model)).toBe(true);
    }
  });

  it('puts many small pieces together', () => {
    const queue = new WriteQueue();
    for (let i = 0; i < 100_000; i += 1) queue.push(Buffer.from('0123456789'));
    expect([queue.size, queue.pieces.length < 100]).toEqual([1_000_000, true]);
    let text = '';
    while (queue.size > 0) {
      const count = Math.min(777, queue.size);
      text += contents(queue).toString('latin1', 0, count);
      queue.drop(count);
    }
    expect(text === '0123456789'.repeat(100_000)).toBe(true);
  });

  it('lies in memory that is used again, and never that of another queue', () => {
    const [one, other] = [new WriteQueue(), new WriteQueue()];
    one.push(Buffer.alloc(150_000, '1'));
    const [first] = one.pieces;
    other.push(Buffer.alloc(150_000, '2'));
    expect(contents(one).equals(Buffer.alloc(150_000, '1'))).toBe(true);
    one.drop(149_000);
    expect(contents(one).equals(Buffer.alloc(1000, '1'))).toBe(true);
    one.push(Buffer.alloc(100_000, '3'));
    expect(one.pieces.some((piece) => piece.buffer === first?.buffer)).toBe(true);
    expect(contents(other).equals(Buffer.alloc(150_000, '2'))).toBe(true);
  });
});
