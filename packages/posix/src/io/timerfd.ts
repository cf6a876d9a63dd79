import { checkNumber } from '../check-argument.ts';
import { O_CLOEXEC, O_NONBLOCK } from '../constants/constants.ts';
import { check } from '../ffi/invoke.ts';
import { itimerspec } from '../ffi/layouts.ts';
import { libc, PinnedBuffer } from '../ffi/library.ts';
import { OwnedDescriptor } from './owned-descriptor.ts';

const CLOCK_MONOTONIC = 1;
const TFD_TIMER_ABSTIME = 1;
const VALUE_SECONDS = itimerspec.value / 4;
const VALUE_NANOSECONDS = VALUE_SECONDS + 2;
const FAR_AWAY = 0x7fffffff;

/**
 * A timer as a descriptor: readable once it is due, to some tens of microseconds at any delay. It need
 * not be read, since setting a new time clears it (0.8 us).
 *
 * @throws {NotImplementedError} The system has none (macOS).
 * @see timerfd_create(2)
 */
export class TimerDescriptor extends OwnedDescriptor {
  readonly #memory = new PinnedBuffer(itimerspec.size);
  readonly #words: Int32Array;

  constructor() {
    super(check(libc.timerfd_create(CLOCK_MONOTONIC, O_CLOEXEC | O_NONBLOCK), 'timerfd_create'));
    const { buffer, byteOffset } = this.#memory.bytes.fill(0);
    this.#words = new Int32Array(buffer, byteOffset, itimerspec.size / 4);
  }

  /**
   * Makes it due at `when`; at once if that is past.
   *
   * @param when - Seconds on the clock of `process.hrtime()`, which is CLOCK_MONOTONIC.
   */
  armAt(when: number): void {
    checkNumber(when, 'when');
    this.#set(when, TFD_TIMER_ABSTIME);
  }

  /** Makes it due `delay` seconds from now; at once if that is not positive. */
  armAfter(delay: number): void {
    checkNumber(delay, 'delay');
    this.#set(delay, 0);
  }

  /** Takes the time away, and readiness with it. */
  disarm(): void {
    this.#write(0, 0, 0);
  }

  #set(time: number, flags: number): void {
    const whole = Math.min(Math.max(time, 0), FAR_AWAY);
    const seconds = Math.floor(whole);
    // All zero would disarm it. Rounded up: never early.
    const nanoseconds = Math.min(Math.ceil((whole - seconds) * 1e9), 999_999_999);
    this.#write(seconds, seconds === 0 ? Math.max(nanoseconds, 1) : nanoseconds, flags);
  }

  #write(seconds: number, nanoseconds: number, flags: number): void {
    const fd = this.open('timerfd_settime');
    this.#words[VALUE_SECONDS] = seconds;
    this.#words[VALUE_NANOSECONDS] = nanoseconds;
    check(libc.timerfd_settime(fd, flags, this.#memory.address, null), 'timerfd_settime');
  }
}
