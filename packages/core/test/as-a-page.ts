/**
 * Import this before anything else of the library: without `setImmediate` it takes the runtime for
 * a page, which has neither async context nor a way to drain microtasks.
 */
import { vi } from 'vitest';

vi.stubGlobal('setImmediate', undefined);
const { defaultHost } = await import('../src/host/default-host.ts');

/** The host that every loop of the test file gets. */
export const hostOfThePage = defaultHost();

vi.unstubAllGlobals();
await import('../src/register.ts');
