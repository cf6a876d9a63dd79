import type { Host } from './host.ts';
import { createNodeHost, isNodeLike } from './node-host.ts';
import { createWebHost } from './web-host.ts';

let host: Host | undefined;

/** The host of this thread, made on first use. */
export function defaultHost(): Host {
  host ??= isNodeLike() ? createNodeHost() : createWebHost();
  return host;
}
