import { createNodeHost } from '../src/host/node-host.ts';

/** Whether microtasks can be run between two callbacks of one turn: on Node alone, see docs/node-facts.md. */
export const canDrain = createNodeHost().drain !== undefined;
