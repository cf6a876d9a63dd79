let promiseClass: PromiseConstructor = Promise;

/** From now on the promises behind futures, and what is derived from them, are of this class. */
export function derivePromisesOf(subclass: PromiseConstructor): void {
  promiseClass = subclass;
}

/** A promise of the language with its two ends; its rejection alone is never "unhandled". */
export class SettledLater {
  readonly promise: Promise<unknown>;
  resolve!: (value: unknown) => void;
  reject!: (reason: unknown) => void;

  constructor() {
    this.promise = new promiseClass((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
    this.promise.catch(() => {});
  }
}
