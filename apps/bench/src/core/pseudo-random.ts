/** `length` numbers from 0 up to and without `below`; the Python twins make the same ones. */
export function pseudoRandom(length: number, below: number): readonly number[] {
  let state = 1;
  return Array.from({ length }, () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return (state >>> 16) % below;
  });
}
