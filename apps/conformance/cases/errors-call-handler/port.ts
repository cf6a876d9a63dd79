// callExceptionHandler() calls the handler that is set, else the default one.
import { EventLoop, type ExceptionContext } from '@loop/core';
import type { Print } from '../../src/print.ts';

export async function callbacks(print: Print): Promise<void> {
  class Loop extends EventLoop {
    override defaultExceptionHandler(context: ExceptionContext) {
      print('default', context.message, context['extra']);
    }
  }

  const loop = new Loop();
  loop.callExceptionHandler({ message: 'first', extra: 1 });
  loop.setExceptionHandler((_loop, context) => print('handler', context.message, context['extra']));
  loop.callExceptionHandler({ message: 'second', extra: 2 });
  loop.setExceptionHandler(null);
  loop.callExceptionHandler({ message: 'third' });
  loop.close();
}
