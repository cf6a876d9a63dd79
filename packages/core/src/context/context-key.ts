/** What a context may hold a value for; its one subclass is `ContextVar`. */
export abstract class ContextKey {
  readonly #name: string;

  constructor(name: string) {
    this.#name = name;
  }

  get name(): string {
    return this.#name;
  }

  abstract toString(): string;
}
