// A handler that throws is itself reported, by the default handler, which a subclass may
// override.
import { EventLoop, type ExceptionContext, RuntimeError, ValueError } from '@loop/core';
import { repr, type Print } from '../../src/print.ts';

export async function callbacks(print: Print): Promise<void> {
  class Loop extends EventLoop {
    override defaultExceptionHandler(context: ExceptionContext) {
      print('default', context.message?.split('(')[0], repr(context.exception));
      const original = context['context'] as ExceptionContext | undefined;
      if (original !== undefined) print('original', repr(original.exception));
    }
  }

  function handler(_loop: EventLoop, context: ExceptionContext) {
    print('handler', repr(context.exception));
    throw new RuntimeError('the handler is broken');
  }

  function delegates(loop: EventLoop, context: ExceptionContext) {
    print('delegates');
    loop.defaultExceptionHandler(context);
  }

  function fails(text: string) {
    throw new ValueError(text);
  }

  const loop = new Loop();
  loop.callSoon(fails, 'no handler');
  loop.callSoon(() => loop.setExceptionHandler(handler));
  loop.callSoon(fails, 'broken handler');
  loop.callSoon(() => loop.setExceptionHandler(delegates));
  loop.callSoon(fails, 'delegating handler');
  loop.callSoon(print, 'behind them');
  loop.callSoon(() => loop.stop());
  await loop.runForever();
  loop.close();
}
