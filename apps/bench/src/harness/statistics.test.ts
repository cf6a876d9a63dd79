import { describe, expect, it } from 'vitest';
import { logarithmicGrowth, median, ratio, spread } from './statistics.ts';

describe('median', () => {
  it('is the middle value, whatever the order', () => {
    expect(median([9, 1, 5])).toBe(5);
  });

  it('is the mean of the two middle values of an even number', () => {
    expect(median([8, 2, 4, 100])).toBe(6);
  });

  it('orders by value, not by text', () => {
    expect(median([100, 20, 3])).toBe(20);
  });

  it('leaves its argument as it was', () => {
    const values = [3, 1, 2];
    median(values);
    expect(values).toEqual([3, 1, 2]);
  });

  it('refuses to tell the middle of nothing', () => {
    expect(() => median([])).toThrow('at least one number');
  });
});

describe('spread', () => {
  it('is nothing where all rounds agree', () => {
    expect(spread([7, 7, 7])).toBe(0);
  });

  it('is the median distance as a share of the median', () => {
    expect(spread([90, 100, 120])).toBeCloseTo(0.1);
  });

  it('does not follow a single round in which the machine was busy', () => {
    expect(spread([100, 101, 99, 100, 5000])).toBeCloseTo(0.01);
  });

  it('is nothing where everything cost nothing', () => {
    expect(spread([0, 0])).toBe(0);
  });
});

describe('ratio', () => {
  it('is how many times as much theirs costs', () => {
    expect(ratio([10, 10], [25, 25])).toBe(2.5);
  });

  it('compares each round with itself, so that a slower machine changes nothing', () => {
    expect(ratio([10, 20, 40], [30, 60, 120])).toBe(3);
  });

  it('leaves out rounds that only one of them had', () => {
    expect(ratio([10, 10, 1], [20, 20])).toBe(2);
  });
});

describe('logarithmicGrowth', () => {
  it('is how many times as large the logarithm is', () => {
    expect(logarithmicGrowth(10, 1_000_000)).toBeCloseTo(6);
    expect(logarithmicGrowth(1000, 1_000_000)).toBeCloseTo(2);
  });
});
