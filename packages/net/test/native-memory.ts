import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/**
 * By how many bytes the process grows, JavaScript's heap aside, from one mark to the next. What a program
 * grows by once, or by chance, shows in some rounds; a leak shows in each.
 */
export class NativeMemory {
  readonly #growths: number[] = [];
  #last: number | null = null;

  mark(): void {
    collect();
    const { rss, heapTotal } = process.memoryUsage();
    const now = rss - heapTotal;
    if (this.#last !== null) this.#growths.push(now - this.#last);
    this.#last = now;
  }

  /** The median of the rounds. */
  get growth(): number {
    const sorted = this.#growths.toSorted((a, b) => a - b);
    return sorted[sorted.length >> 1] ?? NaN;
  }
}
