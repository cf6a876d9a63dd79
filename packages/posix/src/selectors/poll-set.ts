import { EINTR } from '../errno-table.ts';
import { check } from '../ffi/invoke.ts';
import { pollfd } from '../ffi/layouts.ts';
import { libc } from '../ffi/library.ts';
import { EVENT_READ, EVENT_WRITE } from './selector.ts';

const POLLIN = 1;
const POLLOUT = 4;
const WORDS = pollfd.size / 2;
const FIRST_SIZE = 16;

/** The array of `struct pollfd` that poll(2) takes, kept from call to call. */
export class PollSet {
  readonly #places = new Map<number, number>();
  /** Each entry as `short`s: the descriptor in the first two, then events and revents. */
  #entries = new Int16Array(FIRST_SIZE * WORDS);
  #fds = new Int32Array(this.#entries.buffer);

  /** Enters `fd`, or changes what it waits for. */
  set(fd: number, events: number): void {
    const place = this.#places.get(fd) ?? this.#places.size;
    if (place * WORDS === this.#entries.length) this.#grow();
    this.#places.set(fd, place);
    this.#fds[(place * WORDS) / 2] = fd;
    this.#entries[place * WORDS + 2] =
      ((events & EVENT_READ) === 0 ? 0 : POLLIN) | ((events & EVENT_WRITE) === 0 ? 0 : POLLOUT);
  }

  delete(fd: number): void {
    const place = this.#places.get(fd);
    if (place === undefined) return;
    this.#places.delete(fd);
    const last = this.#places.size;
    if (place === last) return;
    // The last entry fills the gap.
    this.#entries.copyWithin(place * WORDS, last * WORDS, (last + 1) * WORDS);
    this.#places.set(this.#fds[(place * WORDS) / 2]!, place);
  }

  /**
   * Calls `visit` for each descriptor that is ready; its events are not limited to what was asked for,
   * and a hang-up, an error or a closed descriptor counts as both.
   *
   * @see poll(2)
   */
  poll(timeoutMs: number, visit: (fd: number, ready: number) => void): void {
    const count = this.#places.size;
    const found = libc.poll(this.#entries, count, timeoutMs);
    if (found === -EINTR) return;
    let left = check(found, 'poll');
    // A visitor may change the set: only what was polled is looked at, in the memory it was polled in.
    const [entries, fds] = [this.#entries, this.#fds];
    for (let place = 0; place < count && left > 0; place += 1) {
      const revents = entries[place * WORDS + 3]!;
      if (revents === 0) continue;
      left -= 1;
      visit(
        fds[(place * WORDS) / 2]!,
        ((revents & ~POLLOUT) === 0 ? 0 : EVENT_READ) |
          ((revents & ~POLLIN) === 0 ? 0 : EVENT_WRITE),
      );
    }
  }

  #grow(): void {
    const larger = new Int16Array(this.#entries.length * 2);
    larger.set(this.#entries);
    this.#entries = larger;
    this.#fds = new Int32Array(larger.buffer);
  }
}
