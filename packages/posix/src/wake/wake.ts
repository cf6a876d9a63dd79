/**
 * How a ready descriptor wakes Node's loop, and how our code then gets its turn.
 *
 * 1. A `uv_poll_t` made by FFI has a native callback that does nothing (`uv_is_active`: its first
 *    argument fits, the rest is ignored). It only makes Node's own wait return; no JavaScript runs from
 *    inside libuv, so none can run where none may, as in a worker that is being terminated.
 * 2. Our code runs in the check phase that follows, from an unref'd Immediate that is always armed.
 *    It is an ordinary Node callback: `process.nextTick` and microtasks drain after it, and what it
 *    throws is an uncaughtException. It neither keeps the process alive nor makes the loop spin.
 * 3. It is armed again before our code is called, so a throwing turn is not the last one.
 * 4. The handle is marked UV_HANDLE_INTERNAL: Node does not know it, and `uv_loop_close()` would
 *    otherwise abort the process over it. Closing it takes the mark away first.
 * 5. `worker.terminate()` runs no JavaScript. A native hook of the environment (`uv_poll_stop`) takes
 *    the handle out of the loop; hooks run in reverse order, so before that of the descriptor it watches.
 * 6. The handle watches a duplicate of the descriptor, closed after it. libuv aborts the process over a
 *    descriptor that was closed under a handle, and has one handle for each number only.
 * 7. The mark is a bit at a fixed place of a struct. The guard checks that the struct looks as expected,
 *    and koffi's own poll handle is used where it does not, or where a symbol is missing. That one
 *    can abort a worker at its end (an event pending while JavaScript may no longer run), so it
 *    is for the main thread only, and closed before the process exits.
 *
 * Rejected: koffi's handle throughout (7; an exception in its callback is lost and the loop spins; on
 * Node 26 microtasks wait for some other callback), and a callback made by koffi (the same in workers).
 */
import { AsyncResource } from 'node:async_hooks';
import { isMainThread } from 'node:worker_threads';
import { NotImplementedError } from '@loop/core/errors';
import { checkFunction, checkInteger } from '../check-argument.ts';
import { descriptorKind, duplicate } from '../descriptor.ts';
import { ENOMEM } from '../errno-table.ts';
import type { PollHandle } from '../ffi/koffi.ts';
import { uvPoll } from '../ffi/layouts.ts';
import { addressOf, koffi, libc, viewOf } from '../ffi/library.ts';
import { OwnedDescriptor } from '../io/owned-descriptor.ts';
import { OSError } from '../os-error.ts';

const UV_READABLE = 1;
const UV_HANDLE_REF = 8;
const UV_HANDLE_INTERNAL = 0x10;

/** Wakes this thread's Node loop. It starts referenced: it keeps the loop alive until `unref()`. */
export interface Wake {
  ref(): void;
  unref(): void;
  /**
   * Nothing wakes the loop, and `onTurn` is not called, until `resume()`: what is ready and not asked for
   * would keep the loop spinning.
   */
  pause(): void;
  resume(): void;
  /** Ends it; a second call does nothing. Comes before the descriptor is closed. */
  close(): void;
}

/**
 * Has `onTurn` called in each turn of Node's loop, and has the loop wake up while `fd` is readable.
 *
 * A turn is any pass of the loop, whatever woke it: `onTurn` asks its selector with timeout 0 what
 * is ready. An epoll descriptor is readable while anything in its set is ready.
 *
 * @throws {OSError} `EPERM`: a file, which cannot be polled; `EBADF`.
 * @throws {NotImplementedError} Neither way of waking works in this thread.
 */
export function watchDescriptor(fd: number, onTurn: () => void): Wake {
  checkFunction(onTurn, 'onTurn');
  const handle = openWakeHandle(fd, UV_READABLE);
  let stop = everyTurn(onTurn);
  let paused = false;
  let closed = false;
  return {
    ref: () => handle.ref(),
    unref: () => handle.unref(),
    pause() {
      if (paused || closed) return;
      paused = true;
      stop();
      handle.setEvents(0);
    },
    resume() {
      if (!paused || closed) return;
      paused = false;
      stop = everyTurn(onTurn);
      handle.setEvents(UV_READABLE);
    },
    close() {
      closed = true;
      stop();
      handle.close();
    },
  };
}

/**
 * Calls `onTurn` in the check phase of each turn of Node's loop; returns what ends that. It keeps
 * nothing alive and runs outside of any async context, whoever starts it.
 */
export function everyTurn(onTurn: () => void): () => void {
  let immediate: NodeJS.Immediate;
  const turn = (): void => {
    immediate = setImmediate(turn).unref();
    onTurn();
  };
  outside.runInAsyncScope(() => {
    immediate = setImmediate(turn).unref();
  });
  return () => clearImmediate(immediate);
}

/** The context that this module was loaded in: an Immediate hands its context on for ever. */
const outside = new AsyncResource('LoopWake');

/** One descriptor by which this thread's loop is woken; nothing is called. */
export interface WakeHandle extends Omit<Wake, 'pause' | 'resume'> {
  /** @param events - A mask: 1 readable, 2 writable; 0 for neither. */
  setEvents(events: number): void;
}

/** The first way that works here. Errors are those of {@link watchDescriptor}. */
export function openWakeHandle(fd: number, events: number): WakeHandle {
  checkInteger(fd, 'fd', 0);
  try {
    return new UvPollHandle(fd, events);
  } catch (error) {
    if (!(error instanceof NotImplementedError) || !isMainThread) throw error;
    return new KoffiPollHandle(fd, events);
  }
}

/** Points 1, 4, 5, 6 and the guard of 7. The memory is malloc's: libuv frees it once it has let go. */
export class UvPollHandle implements WakeHandle {
  #address: number;
  readonly #flags: Uint32Array;
  readonly #watched: OwnedDescriptor;

  constructor(fd: number, events: number) {
    // Whatever is missing is found missing before there is anything to undo.
    const stop = addressOf('uv_poll_stop');
    const loop = currentLoop();
    const size = libc.uv_handle_size(uvPoll.type);
    if (size < uvPoll.flags + 4) throw new NotImplementedError(`uv_poll_t has ${size} bytes`);
    this.#watched = new OwnedDescriptor(duplicate(fd));
    this.#address = libc.malloc(size);
    if (this.#address === 0) this.#fail(-ENOMEM, 'malloc');
    const status = libc.uv_poll_init(loop, this.#address, this.#watched.fileno());
    if (status < 0) {
      libc.free(this.#address);
      this.#fail(status, 'uv_poll_init');
    }
    const memory = viewOf(this.#address, size);
    this.#flags = new Uint32Array(memory, uvPoll.flags, 1);
    if (!looksAsExpected(memory, loop) || this.#flags[0] !== UV_HANDLE_REF) {
      libc.uv_close(this.#address, addressOf('free'));
      this.#watched.close();
      throw new NotImplementedError('uv_poll_t is laid out in another way than expected');
    }
    this.#flags[0] |= UV_HANDLE_INTERNAL;
    libc.napi_add_env_cleanup_hook(koffi().node.env, stop, this.#address);
    this.setEvents(events);
  }

  setEvents(events: number): void {
    if (this.#address === 0) return;
    const status =
      events === 0
        ? libc.uv_poll_stop(this.#address)
        : libc.uv_poll_start(this.#address, events, addressOf('uv_is_active'));
    if (status < 0) {
      this.close();
      this.#fail(status, 'uv_poll_start');
    }
  }

  ref(): void {
    if (this.#address !== 0) libc.uv_ref(this.#address);
  }

  unref(): void {
    if (this.#address !== 0) libc.uv_unref(this.#address);
  }

  close(): void {
    const address = this.#address;
    if (address === 0) return;
    this.#address = 0;
    libc.napi_remove_env_cleanup_hook(koffi().node.env, addressOf('uv_poll_stop'), address);
    libc.uv_poll_stop(address);
    this.#flags[0]! &= ~UV_HANDLE_INTERNAL;
    libc.uv_close(address, addressOf('free'));
    this.#watched.close();
  }

  #fail(status: number, syscall: string): never {
    this.#watched.close();
    throw new OSError(status, { syscall });
  }
}

/** The fallback of 7. */
export class KoffiPollHandle implements WakeHandle {
  readonly #watched: OwnedDescriptor;
  #handle: PollHandle | null = null;
  #referenced = true;
  #closed = false;

  constructor(fd: number, events: number) {
    if (!isMainThread) throw new NotImplementedError('koffi poll handles abort in workers');
    // koffi aborts the process where libuv refuses.
    const kind = descriptorKind(fd);
    if (kind === 'file' || kind === 'directory') throw new OSError('EPERM', { syscall: 'poll' });
    this.#watched = new OwnedDescriptor(duplicate(fd));
    this.setEvents(events);
    if (openAtExit.size === 0) process.once('exit', closeAtExit);
    openAtExit.add(this);
  }

  setEvents(events: number): void {
    if (this.#closed) return;
    this.#handle?.close();
    this.#handle = null;
    if (events === 0) return;
    const wanted = { readable: (events & 1) !== 0, writable: (events & 2) !== 0 };
    this.#handle = koffi().node.poll(this.#watched.fileno(), wanted, () => {});
    if (!this.#referenced) this.#handle.unref();
  }

  ref(): void {
    this.#referenced = true;
    this.#handle?.ref();
  }

  unref(): void {
    this.#referenced = false;
    this.#handle?.unref();
  }

  close(): void {
    this.#closed = true;
    this.#handle?.close();
    this.#handle = null;
    this.#watched.close();
    openAtExit.delete(this);
    if (openAtExit.size === 0) process.off('exit', closeAtExit);
  }
}

const openAtExit = new Set<KoffiPollHandle>();

function closeAtExit(): void {
  for (const handle of openAtExit) handle.close();
}

function currentLoop(): number {
  const loop = new BigUint64Array(1);
  const status = libc.napi_get_uv_event_loop(koffi().node.env, loop);
  if (status !== 0) throw new NotImplementedError(`napi_get_uv_event_loop failed with ${status}`);
  return Number(loop[0]);
}

/** uv_handle_t begins with data, loop, type: what was just initialised must be found there. */
function looksAsExpected(memory: ArrayBuffer, loop: number): boolean {
  const fields = new DataView(memory);
  return Number(fields.getBigUint64(8, true)) === loop && fields.getInt32(16, true) === uvPoll.type;
}
