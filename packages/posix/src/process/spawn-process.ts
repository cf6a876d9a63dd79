/**
 * Starts a program by posix_spawn(3), which does not copy the page tables of this process as fork does:
 * it costs the same however large the process has grown.
 *
 * 1. The child gets the descriptors that are named and no others: `closeOthers` closes the rest before
 *    the program starts. A source below 3 may be overwritten before it is used, so it is duplicated.
 * 2. What this process ignores its child would ignore too; Node ignores SIGPIPE. `defaultSignals` undoes
 *    that, and what this process was told to ignore (by nohup) stays so. Handlers never pass exec.
 * 3. The mask for new files has no place in posix_spawn: this process has it for the time of the call,
 *    in which this thread is stopped. A thread that makes a file in that moment gets it too.
 */
import { F_DUPFD_CLOEXEC } from '../constants/constants.ts';
import { check } from '../ffi/invoke.ts';
import { addressOf, libc, PinnedBuffer, viewOf } from '../ffi/library.ts';
import { ProcessDescriptor } from './process-descriptor.ts';
import { StringVector, terminated } from './string-vector.ts';

const F_GETFD = 1;
const POSIX_SPAWN_SETPGROUP = 2;
const POSIX_SPAWN_SETSIGDEF = 4;
const POSIX_SPAWN_SETSID = 0x80;

// glibc has 80 and 336 bytes, musl the same or less.
const SIZE_OF_ACTIONS = 128;
const SIZE_OF_ATTRIBUTES = 512;
const SIZE_OF_SIGSET = 128;

/** What is to be started, and how. All texts are bytes without a zero. */
export interface ProcessRecipe {
  /** A path: nothing is searched for. One that is relative counts from {@link cwd}. */
  readonly path: Uint8Array;
  /** The arguments, the program's own name first. */
  readonly argv: readonly Uint8Array[];
  /** `NAME=value`; `null`: this process's, as C has it. */
  readonly env: readonly Uint8Array[] | null;
  readonly cwd: Uint8Array | null;
  /** The position is the child's descriptor, the value is ours; `null` leaves what is there. */
  readonly descriptors: ReadonlyArray<number | null>;
  /** Descriptors that the child has under the same numbers; 3 and up. */
  readonly passed: readonly number[];
  /** Whether all others are closed. */
  readonly closeOthers: boolean;
  readonly newSession: boolean;
  /** The group to join, 0 for one of its own, `null` for this process's. */
  readonly processGroup: number | null;
  /** Signals that have their default effect again. */
  readonly defaultSignals: readonly number[];
  readonly umask: number | null;
}

/** Whether {@link trySpawn} works here, and the child can be watched: Linux from 5.3 on. */
export function canSpawn(): boolean {
  supported ??= tryDescriptor();
  return supported;
}

let supported: boolean | undefined;

function tryDescriptor(): boolean {
  if (process.platform !== 'linux') return false;
  try {
    new ProcessDescriptor(process.pid).close();
    return true;
  } catch {
    return false;
  }
}

/**
 * @returns The child's process id, or a negative errno: no child was started.
 * @throws {ValueError} A text has a zero byte inside.
 * @throws {NotImplementedError} This C library lacks a function that is needed.
 * @see posix_spawn(3)
 */
export function trySpawn(recipe: ProcessRecipe): number {
  const argv = new StringVector(recipe.argv);
  const env = recipe.env === null ? null : new StringVector(recipe.env);
  const actions = new PinnedBuffer(SIZE_OF_ACTIONS);
  const attributes = new PinnedBuffer(SIZE_OF_ATTRIBUTES);
  const duplicates: number[] = [];
  const pid = new Int32Array(1);
  checkStatus(libc.posix_spawn_file_actions_init(actions.address));
  checkStatus(libc.posix_spawnattr_init(attributes.address));
  try {
    addActions(actions.address, recipe, duplicates);
    setAttributes(attributes.address, recipe);
    const before = recipe.umask === null ? 0 : libc.umask(recipe.umask);
    const status = libc.posix_spawn(
      pid,
      terminated(recipe.path),
      actions.address,
      attributes.address,
      argv.address,
      env === null ? currentEnvironment() : env.address,
    );
    if (recipe.umask !== null) libc.umask(before);
    return status === 0 ? pid[0]! : -status;
  } finally {
    libc.posix_spawn_file_actions_destroy(actions.address);
    libc.posix_spawnattr_destroy(attributes.address);
    for (const fd of duplicates) libc.close(fd);
  }
}

function isOpen(fd: number): boolean {
  return libc.fcntl(fd, F_GETFD, 0) >= 0;
}

function addActions(address: number, recipe: ProcessRecipe, duplicates: number[]): void {
  const { descriptors, passed, cwd } = recipe;
  for (const [target, fd] of descriptors.entries()) {
    if (fd === null) {
      // Node has marked its own as close-on-exec.
      if (isOpen(target))
        checkStatus(libc.posix_spawn_file_actions_adddup2(address, target, target));
      continue;
    }
    let source = fd;
    if (fd < descriptors.length && fd !== target) {
      source = check(libc.fcntl(fd, F_DUPFD_CLOEXEC, descriptors.length), 'fcntl');
      duplicates.push(source);
    }
    checkStatus(libc.posix_spawn_file_actions_adddup2(address, source, target));
  }
  // To itself: that takes close-on-exec away.
  for (const fd of passed) checkStatus(libc.posix_spawn_file_actions_adddup2(address, fd, fd));
  if (recipe.closeOthers) closeOthers(address, descriptors.length, new Set(passed));
  if (cwd !== null) {
    checkStatus(libc.posix_spawn_file_actions_addchdir_np(address, terminated(cwd)));
  }
}

function closeOthers(address: number, first: number, kept: ReadonlySet<number>): void {
  let fd = first;
  for (const last = Math.max(first - 1, ...kept); fd <= last; fd += 1) {
    if (!kept.has(fd)) checkStatus(libc.posix_spawn_file_actions_addclose(address, fd));
  }
  checkStatus(libc.posix_spawn_file_actions_addclosefrom_np(address, fd));
}

function setAttributes(address: number, recipe: ProcessRecipe): void {
  const { defaultSignals, newSession, processGroup } = recipe;
  let flags = 0;
  if (newSession) flags |= POSIX_SPAWN_SETSID;
  if (processGroup !== null) {
    flags |= POSIX_SPAWN_SETPGROUP;
    checkStatus(libc.posix_spawnattr_setpgroup(address, processGroup));
  }
  if (defaultSignals.length > 0) {
    flags |= POSIX_SPAWN_SETSIGDEF;
    const set = new Uint8Array(SIZE_OF_SIGSET);
    for (const signal of defaultSignals) set[(signal - 1) >> 3]! |= 1 << ((signal - 1) & 7);
    checkStatus(libc.posix_spawnattr_setsigdefault(address, set));
  }
  checkStatus(libc.posix_spawnattr_setflags(address, flags));
}

/** The address in C's `environ`, which setenv(3) moves. */
function currentEnvironment(): number {
  const pointer = new DataView(viewOf(addressOf('environ'), 8));
  return Number(pointer.getBigUint64(0, true));
}

function checkStatus(status: number): void {
  check(-status, 'posix_spawn');
}
