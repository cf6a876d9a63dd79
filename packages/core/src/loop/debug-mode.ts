/**
 * What only debug mode keeps: where futures, tasks and handles were created, and the text of
 * cancelled handles. It lives beside the objects, so that they cost nothing more without it.
 */

const MOST_FRAMES = 10;
// The loop's own frames on top, which are left out.
const OWN_FRAMES = 10;
const stacks = new WeakMap<object, readonly string[]>();
const texts = new WeakMap<object, string>();

/** Notes the stack of the present call as the origin of `object`. */
export function recordCreation(object: object): void {
  stacks.set(object, captureStack());
}

/** The recorded stack of `object`, outermost frame first, at most ten; `undefined` without debug mode. */
export function creationStack(object: object): readonly string[] | undefined {
  return stacks.get(object);
}

/** `file:line` where `object` was created, if debug mode was on. */
export function creationSite(object: object): string | undefined {
  const frame = stacks.get(object)?.at(-1);
  return frame === undefined ? undefined : siteOf(frame);
}

/** Keeps the text of a callback whose handle is cancelled, and so forgets the callback itself. */
export function keepText(handle: object, text: string): void {
  texts.set(handle, text);
}

export function keptText(handle: object): string | undefined {
  return texts.get(handle);
}

/** What V8 adds to `Error`. */
interface StackEngine {
  stackTraceLimit?: number;
  captureStackTrace?(holder: object): void;
}

/** The user's frames of the present call, outermost first. */
function captureStack(): string[] {
  const holder: { stack?: string } = {};
  const engine = Error as StackEngine;
  const limit = engine.stackTraceLimit;
  if (limit !== undefined) engine.stackTraceLimit = MOST_FRAMES + OWN_FRAMES;
  if (engine.captureStackTrace !== undefined) engine.captureStackTrace(holder);
  else holder.stack = new Error('stack').stack ?? '';
  if (limit !== undefined) engine.stackTraceLimit = limit;
  return framesOf(holder.stack ?? '').slice(-MOST_FRAMES);
}

/** The frames of a stack text, outermost first, without the loop's own. */
export function framesOf(stack: string): string[] {
  return stack
    .split('\n')
    .filter((line) => /^\s+at |@/.test(line))
    .map((line) => line.trim().replace(/^at /, ''))
    .filter((line) => !isOwnFrame(line))
    .toReversed();
}

// Where this package's modules lie, as a frame may name it: with source maps it names files of `src`,
// though those of `dist` run.
const ownFolders = ['../../dist/', '../../src/'].flatMap((folder) => {
  const { href } = new URL(folder, import.meta.url);
  return href.startsWith('file://') ? [href, decodeURIComponent(href.slice(7))] : [href];
});

function isOwnFrame(line: string): boolean {
  return ownFolders.some((folder) => line.includes(folder)) && !line.includes('.test.');
}

function siteOf(frame: string): string {
  const place = /\(([^()]+)\)$/.exec(frame)?.[1] ?? frame;
  const parts = /^(.*?):(\d+)(?::\d+)?$/.exec(place);
  return parts === null ? place : `${parts[1]}:${parts[2]}`;
}
