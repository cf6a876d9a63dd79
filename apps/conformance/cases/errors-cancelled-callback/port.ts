// CancelledError from a plain callback is reported as any other error.
import {
  CancelledError,
  type EventLoop,
  type ExceptionContext,
  newEventLoop,
  ValueError,
} from '@loop/core';
import { repr, type Print } from '../../src/print.ts';

export async function callbacks(print: Print): Promise<void> {
  function handler(_loop: EventLoop, context: ExceptionContext) {
    print('handler', repr(context.exception));
  }

  function fails(error: Error) {
    throw error;
  }

  const loop = newEventLoop();
  loop.setExceptionHandler(handler);
  loop.callSoon(fails, new CancelledError('x'));
  loop.callSoon(fails, new ValueError('y'));
  loop.callSoon(print, 'behind them');
  loop.callSoon(() => loop.stop());
  await loop.runForever();
  loop.close();
}
