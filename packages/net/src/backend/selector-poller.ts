import { enqueueHandle, hostOf, type EventLoop, type Handle, type Poller } from '@loop/core';
import {
  EVENT_READ,
  EVENT_WRITE,
  type FileObject,
  type Selector,
  type SelectorKey,
} from '@loop/posix';
import { attachSelector, TimerDescriptor, type Wake } from '@loop/posix/internal';
import { LateWrites } from '../pipe/late-writes.ts';
import { WriteBatch } from '../transport/write-batch.ts';

/** Who waits for one descriptor: it is the `data` of the selector's key. */
interface Watch {
  reader: Handle | null;
  writer: Handle | null;
}

/** The key data of the timer: nothing has to run for it, being awake is all. */
const TIMER: Watch = { reader: null, writer: null };

/**
 * The loop's source of readiness: a selector, what waits for each descriptor, and the way in which
 * Node's loop is woken.
 *
 * 1. A handle is queued once for each poll that finds its descriptor ready, the reader's first.
 * 2. Taking a handle away cancels it: it does not run even if it is queued.
 * 3. While the loop is idle, each turn of Node's loop polls once; a timer descriptor in the selector's
 *    set makes such a turn when the next timer is due. A virtual clock has to be left to its host.
 * 4. While the loop does not run, nothing wakes Node for it: what is ready then would be so for ever.
 * 5. A descriptor's number is used again once it is closed. A watch whose file object has closed it says
 *    nothing of the one that has it now.
 */
export class SelectorPoller implements Poller {
  /** What the callbacks of an iteration write, if that can be sent together. */
  readonly writes: WriteBatch | null = WriteBatch.create();
  /** What pipes write when its callbacks have run. */
  readonly late = new LateWrites();
  readonly #loop: EventLoop;
  readonly #selector: Selector;
  readonly #wakeLoop: () => void;
  readonly #wake: Wake;
  readonly #timer: TimerDescriptor | null;
  readonly #visit = (key: SelectorKey, events: number): void => this.#ready(key, events);
  readonly #virtual: boolean;
  #timerAt: number | null = null;
  #armed = false;
  #watches = 0;
  /** Whether the last poll has found several descriptors ready. */
  #several = false;

  constructor(loop: EventLoop, selector: Selector, wakeLoop: () => void) {
    this.#loop = loop;
    this.#wakeLoop = wakeLoop;
    const attached = attachSelector(selector, () => this.#turn());
    this.#selector = attached.selector;
    this.#wake = attached.wake;
    // A running loop keeps the process alive by itself.
    this.#wake.unref();
    this.#virtual = hostOf(loop).name === 'virtual';
    this.#timer = this.#openTimer();
  }

  poll(): void {
    if (this.#watches === 0) return;
    const selector = this.#selector;
    if (selector.selectEach !== undefined) {
      this.#several = selector.selectEach(0, this.#visit) > 1;
      return;
    }
    const ready = selector.select(0);
    for (const [key, events] of ready) this.#ready(key, events);
    this.#several = ready.length > 1;
  }

  beginBatch(): void {
    this.late.begin();
    if (this.#several && this.writes !== null) this.writes.begin();
  }

  endBatch(): void {
    if (this.#several && this.writes !== null) this.writes.end();
    this.late.end();
  }

  arm(when: number | null): boolean {
    this.#armed = true;
    this.#wake.resume();
    const timer = this.#timer;
    if (timer === null) return false;
    if (when === null) {
      if (this.#timerAt !== null) timer.disarm();
    } else if (when !== this.#timerAt) {
      timer.armAfter(when - hostOf(this.#loop).now());
    }
    this.#timerAt = when;
    return true;
  }

  disarm(): void {
    this.#armed = false;
  }

  close(): void {
    this.writes?.close();
    this.#wake.close();
    this.#timer?.close();
    this.#selector.close();
  }

  /** Has `handle` run whenever `fd` is readable, in place of an earlier one. */
  setReader(fileobj: FileObject, fd: number, handle: Handle): void {
    const watch = this.#current(fd);
    if (watch === null) this.#register(fileobj, EVENT_READ, { reader: handle, writer: null });
    else {
      if (watch.reader === null) this.#modify(fd, EVENT_READ | EVENT_WRITE, watch);
      else watch.reader.cancel();
      watch.reader = handle;
    }
  }

  /** The same for writable. */
  setWriter(fileobj: FileObject, fd: number, handle: Handle): void {
    const watch = this.#current(fd);
    if (watch === null) this.#register(fileobj, EVENT_WRITE, { reader: null, writer: handle });
    else {
      if (watch.writer === null) this.#modify(fd, EVENT_READ | EVENT_WRITE, watch);
      else watch.writer.cancel();
      watch.writer = handle;
    }
  }

  /** Whether there was a reader. */
  removeReader(fd: number): boolean {
    const watch = this.#find(fd);
    if (watch === null || watch.reader === null) return false;
    watch.reader.cancel();
    watch.reader = null;
    this.#narrow(fd, watch);
    return true;
  }

  /** Whether there was a writer. */
  removeWriter(fd: number): boolean {
    const watch = this.#find(fd);
    if (watch === null || watch.writer === null) return false;
    watch.writer.cancel();
    watch.writer = null;
    this.#narrow(fd, watch);
    return true;
  }

  /** How many descriptors are watched. */
  get size(): number {
    return this.#watches;
  }

  /** The handles of `fd`, whoever they are. */
  handlesOf(fd: number): Readonly<Watch> {
    return this.#find(fd) ?? TIMER;
  }

  #find(fd: number): Watch | null {
    const key = this.#selector.getMap()?.get(fd);
    return key === undefined ? null : (key.data as Watch);
  }

  /** The same, for a descriptor that is open: what is left of an earlier one goes first (5). */
  #current(fd: number): Watch | null {
    const key = this.#selector.getMap()?.get(fd);
    if (key === undefined) return null;
    const watch = key.data as Watch;
    if (holds(key.fileobj, fd)) return watch;
    watch.reader?.cancel();
    watch.writer?.cancel();
    this.#unregister(fd);
    return null;
  }

  #register(fileobj: FileObject, events: number, watch: Watch): void {
    this.#selector.register(fileobj, events, watch);
    this.#watches += 1;
  }

  #modify(fd: number, events: number, watch: Watch): void {
    try {
      this.#selector.modify(fd, events, watch);
    } catch (error) {
      // A selector forgets what the system refuses.
      if (this.#find(fd) === null) this.#watches -= 1;
      throw error;
    }
  }

  #unregister(fd: number): void {
    this.#selector.unregister(fd);
    this.#watches -= 1;
  }

  #narrow(fd: number, watch: Watch): void {
    if (watch.reader !== null) this.#modify(fd, EVENT_READ, watch);
    else if (watch.writer !== null) this.#modify(fd, EVENT_WRITE, watch);
    else this.#unregister(fd);
  }

  #ready(key: SelectorKey, events: number): void {
    const { reader, writer } = key.data as Watch;
    if ((events & EVENT_READ) !== 0 && reader !== null) enqueueHandle(this.#loop, reader);
    if ((events & EVENT_WRITE) !== 0 && writer !== null) enqueueHandle(this.#loop, writer);
  }

  /** In each turn of Node's loop: an idle loop polls, for whatever reason Node is awake. */
  #turn(): void {
    if (this.#armed) {
      // A virtual clock jumps when the loop has been idle for a turn: it may not be woken for nothing.
      if (!this.#virtual || this.#selector.select(0).length > 0) this.#wakeLoop();
    } else if (!this.#loop.isRunning()) this.#wake.pause();
  }

  #openTimer(): TimerDescriptor | null {
    if (this.#selector.fileno === undefined || hostOf(this.#loop).name !== 'node') return null;
    if (process.platform !== 'linux') return null;
    const timer = new TimerDescriptor();
    this.#selector.register(timer.fileno(), EVENT_READ, TIMER);
    return timer;
  }
}

/** Whether `fileobj` still has the descriptor that it was registered with. */
function holds(fileobj: FileObject, fd: number): boolean {
  if (typeof fileobj === 'number') return true;
  return 'fileno' in fileobj ? fileobj.fileno() === fd : fileobj.fd === fd;
}
