/** The middle value; the mean of the two middle ones where their number is even. */
export function median(values: readonly number[]): number {
  if (values.length === 0) throw new RangeError('Expected values to hold at least one number');
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] as number;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] as number) + upper) / 2;
}

/**
 * How far values lie from their median: the median of the distances, as a share of the median
 * itself. Unlike a standard deviation it does not follow one round in which the machine was busy.
 */
export function spread(values: readonly number[]): number {
  const centre = median(values);
  if (centre === 0) return 0;
  return median(values.map((value) => Math.abs(value - centre))) / Math.abs(centre);
}

/**
 * How many times as much `theirs` costs as `ours`: the median over the rounds, each round compared
 * with itself, so that a machine that gets slower or faster under way changes nothing.
 */
export function ratio(ours: readonly number[], theirs: readonly number[]): number {
  const rounds = Math.min(ours.length, theirs.length);
  const ratios: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    ratios.push((theirs[round] as number) / (ours[round] as number));
  }
  return median(ratios);
}

/** How many times as much the cost may be at `to` as at `from` if it grows with the logarithm. */
export function logarithmicGrowth(from: number, to: number): number {
  return Math.log(to) / Math.log(from);
}
