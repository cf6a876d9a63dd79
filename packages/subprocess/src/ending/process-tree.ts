/**
 * A process with all that it has started, and what that has started, as Linux lists it in /proc.
 *
 * 1. Belonging to it are the descendants by parent, and, if it leads a session or a group, the members: a
 *    process whose parent has died is the child of another from then on, but stays in its group.
 * 2. A number is used again once its process is reaped. Each is held by a descriptor, and asked for its
 *    parent once more after that was opened; a parent or leader counts only while its own descriptor
 *    says that it has the number still. So a signal cannot hit a stranger.
 * 3. Who gets a signal could have started another just before. So each is stopped when it is found, which
 *    ends that (fork fails while a signal is pending), and the list is read until it has no new ones.
 *    Only then all get the signal, and go on to take it: SIGCONT follows.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { type EventLoop, NotImplementedError, type TimerHandle } from '@loop/core';
import { DefaultSelector, EVENT_READ, type Selector } from '@loop/posix';
import { canSpawn, ProcessDescriptor } from '@loop/posix/internal';

const { SIGCONT, SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU } = constants.signals;
const STOPPING = new Set<number>([SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU]);

// Where the loop cannot watch descriptors: seconds between two looks.
const LOOK_INTERVAL = 0.01;

interface Kinship {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
  readonly session: number;
}

export class ProcessTree implements Disposable {
  readonly #root: number;
  readonly #members = new Map<number, ProcessDescriptor>();
  #selector: Selector | null = null;
  #nextLook: TimerHandle | null = null;

  /**
   * @param root - A process that is not reaped yet, so that the number is its own.
   * @throws {NotImplementedError} This system does not tell.
   */
  constructor(root: number) {
    if (!canSpawn()) {
      throw new NotImplementedError('A tree of processes can be found on Linux only, from 5.3 on');
    }
    this.#root = root;
  }

  /** Sends a signal to all; whoever is stopped goes on, unless the signal is to stop. */
  send(signal: number): void {
    for (let found = this.#find(); found.length > 0; found = this.#find()) {
      for (const member of found) sendIfAllowed(member, SIGSTOP);
    }
    for (const member of this.#members.values()) sendIfAllowed(member, signal);
    if (STOPPING.has(signal)) return;
    for (const member of this.#members.values()) sendIfAllowed(member, SIGCONT);
  }

  /** Calls `callback` once all that were found have ended, as a callback of the loop. */
  whenEnded(loop: EventLoop, callback: () => void): void {
    let left = this.#members.size;
    if (left === 0) loop.callSoon(callback);
    else if (loop.backend === 'proactor') {
      this.#lookForEnds(loop, callback);
      return;
    }
    for (const member of this.#members.values()) {
      loop.addReader(member, () => {
        loop.removeReader(member);
        left -= 1;
        if (left === 0) callback();
      });
    }
  }

  /** Lets go of them. */
  close(loop: EventLoop | null = null): void {
    this.#nextLook?.cancel();
    this.#selector?.close();
    for (const member of this.#members.values()) {
      if (this.#selector === null) loop?.removeReader(member);
      member.close();
    }
    this.#selector = null;
    this.#members.clear();
  }

  #lookForEnds(loop: EventLoop, callback: () => void): void {
    const selector = new DefaultSelector();
    this.#selector = selector;
    for (const member of this.#members.values()) selector.register(member, EVENT_READ);
    let left = this.#members.size;
    const look = (): void => {
      for (const [{ fileobj }] of selector.select(0)) {
        selector.unregister(fileobj);
        left -= 1;
      }
      if (left === 0) callback();
      else this.#nextLook = loop.callLater(LOOK_INTERVAL, look);
    };
    look();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** Those that were not known yet. */
  #find(): readonly ProcessDescriptor[] {
    const found: ProcessDescriptor[] = [];
    const all = listProcesses();
    // Children come after their parents in most lists, but not in all.
    for (let before = -1; before !== found.length;) {
      before = found.length;
      for (const kinship of all) {
        if (this.#members.has(kinship.pid) || !this.#belongs(kinship)) continue;
        const member = this.#hold(kinship.pid);
        if (member !== null) found.push(member);
      }
    }
    return found;
  }

  #belongs({ pid, parent, group, session }: Kinship): boolean {
    const root = this.#root;
    if (this.#members.get(parent)?.sendSignal(0) === true) return true;
    if (pid !== root && group !== root && session !== root) return false;
    return this.#members.get(root)?.sendSignal(0) ?? true;
  }

  #hold(pid: number): ProcessDescriptor | null {
    let member: ProcessDescriptor;
    try {
      member = new ProcessDescriptor(pid);
    } catch {
      return null;
    }
    const kinship = kinshipOf(pid);
    if (kinship === null || !this.#belongs(kinship)) {
      member.close();
      return null;
    }
    this.#members.set(pid, member);
    return member;
  }
}

/** One that has changed its user may not be signalled: the others shall be all the same. */
function sendIfAllowed(member: ProcessDescriptor, signal: number): void {
  try {
    member.sendSignal(signal);
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'EPERM') throw error;
  }
}

function listProcesses(): readonly Kinship[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => kinshipOf(Number(name)))
    .filter((kinship) => kinship !== null);
}

/** `null`: there is none with this number any more. See proc_pid_stat(5). */
function kinshipOf(pid: number): Kinship | null {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  } catch {
    return null;
  }
  // The name, in parentheses, may hold anything, parentheses too.
  const [, parent, group, session] = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ', 4)
    .map(Number);
  return { pid, parent: parent ?? 0, group: group ?? 0, session: session ?? 0 };
}
