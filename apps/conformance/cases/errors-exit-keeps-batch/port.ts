// Exits leave the loop at once, from the handler too; what was behind them runs next time.
import {
  type EventLoop,
  type ExceptionContext,
  KeyboardInterrupt,
  newEventLoop,
  SystemExit,
  ValueError,
} from '@loop/core';
import { repr, type Print } from '../../src/print.ts';

export async function callbacks(print: Print): Promise<void> {
  function leave(error: Error) {
    throw error;
  }

  function handler(_loop: EventLoop, context: ExceptionContext) {
    print('handler', repr(context.exception));
    throw new SystemExit(9);
  }

  async function runOnce() {
    try {
      await loop.runForever();
      print('stopped');
    } catch (error) {
      if (error instanceof SystemExit) print('SystemExit', error.code);
      else print(repr(error));
    }
  }

  const loop = newEventLoop();
  loop.setExceptionHandler(handler);
  loop.callSoon(leave, new SystemExit(1));
  loop.callSoon(print, 'one');
  loop.callSoon(leave, new KeyboardInterrupt());
  loop.callSoon(print, 'two');
  loop.callSoon(leave, new ValueError('reported'));
  loop.callSoon(print, 'three');
  loop.callSoon(() => loop.stop());
  for (let n = 0; n < 4; n++) await runOnce();
  loop.close();
}
