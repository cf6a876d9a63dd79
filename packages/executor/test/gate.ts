/** Holds jobs until it is opened: they wait for a word of shared memory, so nothing has to sleep. */
export interface Gate {
  /** Passed to jobs: word 0 is set to open, word 1 counts those that have started. */
  readonly words: Int32Array<SharedArrayBuffer>;
  open(): void;
  /** Resolves once `count` jobs have started. */
  started(count: number): Promise<void>;
}

export function createGate(): Gate {
  const words = new Int32Array(new SharedArrayBuffer(8));
  return {
    words,
    open: () => {
      Atomics.store(words, 0, 1);
      Atomics.notify(words, 0);
    },
    started: async (count) => {
      for (let seen = Atomics.load(words, 1); seen < count; seen = Atomics.load(words, 1)) {
        const { async, value } = waitAsync(words, 1, seen);
        if (async) await value;
      }
    },
  };
}

/** A job: says that it has started, and ends when the gate opens. */
export function waitAtGate<T>(words: Int32Array<SharedArrayBuffer>, value: T): T {
  Atomics.add(words, 1, 1);
  Atomics.notify(words, 1);
  Atomics.wait(words, 0, 0);
  return value;
}

/** `Atomics.waitAsync`, which the types of this target do not know yet. */
function waitAsync(
  words: Int32Array,
  index: number,
  value: number,
): { async: boolean; value: unknown } {
  return (Atomics as unknown as { waitAsync: typeof waitAsync }).waitAsync(words, index, value);
}
