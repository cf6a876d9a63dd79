import { RuntimeError } from '@loop/core';

/**
 * The system cannot send this file over this connection by itself, and nothing was sent.
 *
 * @see CPython `asyncio.SendfileNotAvailableError`
 */
export class SendfileNotAvailableError extends RuntimeError {
  override readonly name: string = 'SendfileNotAvailableError';
}
