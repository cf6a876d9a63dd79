// A throwing callback is reported at once, and stops nothing.
import { type EventLoop, type ExceptionContext, Handle, TimerHandle, ValueError } from '@loop/core';
import { repr, className, type Print } from '../../src/print.ts';
import { virtualLoop } from '../../src/virtual-loop.ts';

export async function callbacks(print: Print): Promise<void> {
  function handler(theLoop: EventLoop, context: ExceptionContext) {
    print('handler', theLoop === loop, Object.keys(context).sort(), repr(context.exception));
    contexts.push(context);
  }

  function fails(text: string) {
    print('about to fail');
    throw new ValueError(text);
  }

  const contexts: ExceptionContext[] = [];
  const loop = virtualLoop();
  print(loop.getExceptionHandler());
  loop.setExceptionHandler(handler);
  print(loop.getExceptionHandler() === handler);
  try {
    loop.setExceptionHandler('no handler' as never);
  } catch (error) {
    print(className(error), loop.getExceptionHandler() === handler);
  }
  loop.callSoon(fails, 'in a callback');
  loop.callSoon(print, 'sibling');
  loop.callLater(0, fails, 'in a timer');
  loop.callLater(0.01, () => loop.stop());
  await loop.runForever();
  print(contexts[0] === contexts[1], contexts[0]?.handle instanceof Handle);
  print(contexts[0]?.message?.split('(')[0], contexts[1]?.handle instanceof TimerHandle);
  loop.setExceptionHandler(null);
  print(loop.getExceptionHandler());
  loop.close();
}
