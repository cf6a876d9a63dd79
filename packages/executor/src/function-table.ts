import { sourceOf, type Source } from './offloadable.ts';

/** A function that jobs of one pool name, however often it was made. */
export interface KnownFunction {
  readonly id: number;
  readonly source: Source;
  /** How long its next job may take, by those before; `Infinity` before the first. */
  expectedMs: number;
}

// Functions that are made again and again have the same text, and are one here. Texts that are made
// again and again, each another, must not fill the memory.
const MOST = 1000;

// A slow job is remembered for some quick ones: 0.9^22 is a tenth.
const DECAY = 0.9;

/** Numbers functions by what is sent of them, and keeps how long they take. */
export class FunctionTable {
  readonly #byObject = new WeakMap<object, KnownFunction>();
  readonly #bySource = new Map<string, KnownFunction>();
  #next = 0;

  /** @throws {TypeError} `func` cannot be sent. */
  of(func: object): KnownFunction {
    return this.#byObject.get(func) ?? this.#find(func);
  }

  #find(func: object): KnownFunction {
    const source = sourceOf(func);
    const key = source.kind === 'code' ? source.code : `${source.exportName} ${source.url}`;
    let known = this.#bySource.get(key);
    if (known === undefined) {
      known = { id: this.#next, source, expectedMs: Infinity };
      this.#next += 1;
      this.#bySource.set(key, known);
      for (const oldest of this.#bySource.keys()) {
        if (this.#bySource.size <= MOST) break;
        this.#bySource.delete(oldest);
      }
    }
    this.#byObject.set(func, known);
    return known;
  }
}

/** What the function is called, in messages. */
export function nameOf({ source }: KnownFunction): string {
  return (source.kind === 'code' ? source.name : source.exportName) || 'anonymous';
}

/** A job of `known` took so long. */
export function learn(known: KnownFunction, tookMs: number): void {
  known.expectedMs =
    known.expectedMs === Infinity ? tookMs : Math.max(tookMs, known.expectedMs * DECAY);
}
