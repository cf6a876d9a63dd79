import { checkLoop } from './check-loop.ts';
import type { EventLoop } from './event-loop.ts';

/**
 * Notes what a loop in debug mode did: what the reference logs at the level of debugging, or of
 * information, both of which nobody sees unless logging was set up for them. Here it is written to
 * standard error if the environment variable `NODE_DEBUG`, as for Node's own modules, names `loop`.
 *
 * @throws {TypeError} `loop` is no EventLoop.
 */
export function debugLog(loop: EventLoop, text: string): void {
  checkLoop(loop, 'debugLog');
  if (loop.getDebug() && isWanted(loop._host.env('NODE_DEBUG'))) console.error(`LOOP: ${text}`);
}

function isWanted(sections: string | undefined): boolean {
  if (sections === undefined) return false;
  return sections
    .split(',')
    .some((section) => ['loop', '*'].includes(section.trim().toLowerCase()));
}
