import { nodeDiagnosticsChannel } from '../host/node-host.ts';

/** Where something is told to whoever has subscribed. */
export interface DiagnosticsChannel<M extends object> {
  /** Ask this first: a message is made for subscribers only. */
  readonly hasSubscribers: boolean;
  publish(message: M): void;
}

const silent = { hasSubscribers: false, publish: () => undefined };

/**
 * The channel of that name of Node's `diagnostics_channel`; one without subscribers on the web. Packages that
 * extend the loop name theirs `package:thing:event`.
 */
export function diagnosticsChannel<M extends object>(name: string): DiagnosticsChannel<M> {
  return nodeDiagnosticsChannel<M>(name) ?? silent;
}
