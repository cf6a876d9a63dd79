import { diagnosticsChannel } from '@loop/core';
import type { SubprocessTransport } from './subprocess-transport.ts';

/** What is told about a child process: `transport.getPid()` says which. */
export interface ProcessMessage {
  readonly transport: SubprocessTransport;
}

/** What is told at its end. */
export interface ProcessExitMessage extends ProcessMessage {
  /** Its status, or minus the number of the signal that killed it. */
  readonly returncode: number;
}

export const processStarted = diagnosticsChannel<ProcessMessage>('loop:process:start');
export const processEnded = diagnosticsChannel<ProcessExitMessage>('loop:process:exit');
