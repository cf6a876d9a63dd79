import type { EventLoop } from '@loop/core';
import * as net from '@loop/net';
import { SelectorEventLoop } from '@loop/net';

/** Our loop on the backend that a peer stands for; `undefined` where this version has no such backend. */
export function ownLoop(peer: string | undefined): (() => EventLoop) | undefined {
  if (peer === 'loop') return () => new SelectorEventLoop();
  const { ProactorEventLoop } = net as { ProactorEventLoop?: new () => EventLoop };
  return ProactorEventLoop === undefined ? undefined : () => new ProactorEventLoop();
}
