import { Socket } from '@loop/net';

/** Programs that make sockets of their own, whatever the backend. */
const WITH_SOCKETS = ['tls-arguments'];
/** Programs that show TLS event by event, where a runtime's `node:tls` differs from Node's. */
const OF_NODE_TLS = ['tls-events'];

/** Why a program cannot run here, or `null`; docs/spec/other-runtimes.md has the list. */
export function reasonAgainst(name: string, backend: string | null): string | null {
  if (!hasFfi() && (backend === 'selector' || WITH_SOCKETS.includes(name))) return 'needs FFI';
  const imitates = 'bun' in process.versions || 'deno' in process.versions;
  if (imitates && OF_NODE_TLS.includes(name)) return "needs Node's own node:tls";
  return null;
}

let ffi: boolean | null = null;

function hasFfi(): boolean {
  ffi ??= makesSocket();
  return ffi;
}

function makesSocket(): boolean {
  try {
    new Socket().close();
    return true;
  } catch {
    return false;
  }
}
