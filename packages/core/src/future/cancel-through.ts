import { RuntimeError } from '../error/errors.ts';
import type { Future } from './future.ts';

/**
 * A future that does not end by its own cancellation: the request goes on to what it waits for, and
 * what becomes of that decides. Tasks, operations and gathers are such.
 */
export interface CancelRelay {
  /** A request has come. @internal */
  _noteCancel(message: unknown): void;
  /** What it waits for now. @internal */
  _cancelTargets(): readonly Future[];
  /**
   * The request has been passed on.
   *
   * @param taken - Whether any of the targets took it.
   * @returns Whether it counts as taken here.
   * @internal
   */
  _cancelPassed(taken: boolean, message: unknown): boolean;
}

/**
 * Cancels `first`, what it waits for, what that waits for, and so on, depth first, each before what
 * comes after it. Without recursion: chains may be longer than the stack.
 *
 * What several of them wait for hears of each, but passes only the first on: with diamonds on top of
 * one another the paths are more than anybody has time for.
 *
 * @returns Whether anything took the request.
 * @throws {RuntimeError} Some of them wait for one another in a circle, where the reference fails
 *   with a RecursionError. Nothing has changed then.
 */
export function cancelThrough(first: CancelRelay, message: unknown): boolean {
  if (first._cancelTargets().every((target) => target._relay === null)) {
    return cancelNear(first, message);
  }
  walk(first, { enter() {}, leaf: () => true, leave: () => true });
  return walk(first, {
    enter: (relay) => relay._noteCancel(message),
    leaf: (target) => target.cancel(message),
    leave: (relay, taken) => relay._cancelPassed(taken, message),
  });
}

/** The most frequent case, without a map and frames. */
function cancelNear(relay: CancelRelay, message: unknown): boolean {
  relay._noteCancel(message);
  let taken = false;
  for (const target of relay._cancelTargets()) if (target.cancel(message)) taken = true;
  return relay._cancelPassed(taken, message);
}

interface Visitor {
  enter(relay: CancelRelay): void;
  leaf(target: Future): boolean;
  leave(relay: CancelRelay, taken: boolean): boolean;
}

/** One relay whose targets are being visited. */
interface Frame {
  readonly relay: CancelRelay;
  readonly outer: Frame | null;
  readonly targets: readonly Future[];
  next: number;
  taken: boolean;
}

function walk(first: CancelRelay, visitor: Visitor): boolean {
  // What became of each, `null` while it is being visited.
  const met = new Map<CancelRelay, boolean | null>();
  const open = (relay: CancelRelay, outer: Frame | null): Frame => {
    met.set(relay, null);
    visitor.enter(relay);
    return { relay, outer, targets: relay._cancelTargets(), next: 0, taken: false };
  };
  let frame = open(first, null);
  for (;;) {
    const target = frame.targets[frame.next];
    frame.next += 1;
    const relay = target?._relay ?? null;
    if (target === undefined) {
      const taken = visitor.leave(frame.relay, frame.taken);
      met.set(frame.relay, taken);
      if (frame.outer === null) return taken;
      frame = frame.outer;
      if (taken) frame.taken = true;
    } else if (relay === null) {
      if (visitor.leaf(target)) frame.taken = true;
    } else {
      const before = met.get(relay);
      if (before === null) throw circle(target);
      if (before === undefined) {
        frame = open(relay, frame);
      } else {
        visitor.enter(relay);
        if (before) frame.taken = true;
      }
    }
  }
}

function circle(member: Future): RuntimeError {
  return new RuntimeError(`Tasks wait for one another in a circle: ${member.toString()}`);
}
