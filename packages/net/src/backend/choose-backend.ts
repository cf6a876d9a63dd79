import { type EventLoop, perLoop } from '@loop/core';
import { backendName } from './backend-name.ts';
import type { Backend } from './backend.ts';
import { descriptorOwners } from './descriptor-owners.ts';
import { nodeHandles } from './node-handles.ts';
import { ProactorSockets } from './proactor-sockets.ts';
import { closeUnusedSelector } from './selector-backend.ts';
import { SelectorSockets } from './selector-sockets.ts';

/** The backend of a loop, made when it is first needed. */
export const backendOf: (loop: EventLoop) => Backend = perLoop((loop) =>
  backendName(loop) === 'selector' ? new SelectorSockets(loop) : new ProactorSockets(loop),
);

/** Frees what the loop has open still, and what it was given and never used. */
export function closeBackend(loop: EventLoop): void {
  closeUnusedSelector(loop);
  descriptorOwners(loop).dropAll();
  nodeHandles(loop).closeAll();
}
