import { diagnosticsChannel } from '@loop/core';
import type { Transport } from './transport/transport.ts';

/** What is told about a connection, once its protocol has heard of it. */
export interface ConnectionMessage {
  readonly transport: Transport;
}

/** What is told at its end. */
export interface ConnectionCloseMessage extends ConnectionMessage {
  /** What has ended it, `null` where it was closed. */
  readonly error: Error | null;
}

export const connectionOpened = diagnosticsChannel<ConnectionMessage>('loop:connection:open');
export const connectionClosed = diagnosticsChannel<ConnectionCloseMessage>('loop:connection:close');
