import type { SSLContext } from './ssl-context.ts';

/*
 * `SSLContext` makes `SSLObject`s, and these check that they are given an `SSLContext`: so that the two
 * modules need not load each other, contexts are known by this list.
 */
const contexts = new WeakSet<object>();

/** For the constructor of `SSLContext`. */
export function brandContext(context: SSLContext): void {
  contexts.add(context);
}

export function isSSLContext(value: unknown): value is SSLContext {
  return typeof value === 'object' && value !== null && contexts.has(value);
}
