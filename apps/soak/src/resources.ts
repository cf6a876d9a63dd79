import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** What a process holds; what is left at the end has leaked. */
export interface Resources {
  /** Open descriptors, by what they are: `socket` and `pipe` without their numbers, files by their paths. */
  readonly descriptors: ReadonlyMap<string, number>;
  readonly children: number;
  readonly threads: number;
  /** What keeps Node's loop: handles and requests, by kind. */
  readonly handles: ReadonlyMap<string, number>;
  /** Bytes in use once the collector has run. */
  readonly heap: number;
}

/** Looks at this process. Needs Linux, and `--expose-gc` for the heap. */
export function lookAround(): Resources {
  globalThis.gc?.();
  return {
    descriptors: count(readdirSync('/proc/self/fd').flatMap(kindOfDescriptor)),
    children: readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8').split(' ').length - 1,
    threads: readdirSync('/proc/self/task').length,
    handles: count(process.getActiveResourcesInfo()),
    heap: process.memoryUsage().heapUsed,
  };
}

function kindOfDescriptor(fd: string): string[] {
  try {
    return [readlinkSync(`/proc/self/fd/${fd}`).replace(/:\[\d+\]$/, '')];
  } catch {
    // The one by which the folder was read.
    return [];
  }
}

function count(names: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}

/** What there is more of than before; empty when nothing has leaked. */
export function leaks(before: Resources, after: Resources, heapSlack: number): string[] {
  const found: string[] = [];
  const compare = (kind: string, from: number, to: number): void => {
    if (to > from) found.push(`${to - from} more ${kind} (${from}, then ${to})`);
  };
  const compareAll = (
    kind: string,
    from: ReadonlyMap<string, number>,
    to: ReadonlyMap<string, number>,
  ): void => {
    for (const [name, now] of to) compare(`${kind} ${name}`, from.get(name) ?? 0, now);
  };
  compareAll('descriptor', before.descriptors, after.descriptors);
  compareAll('handle', before.handles, after.handles);
  compare('children', before.children, after.children);
  compare('threads', before.threads, after.threads);
  compare('bytes of heap', before.heap + heapSlack, after.heap);
  return found;
}
