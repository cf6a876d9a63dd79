// isRunning() is true during a run only, and the text form tells the state.
import { newEventLoop, SystemExit } from '@loop/core';
import type { Print } from '../../src/print.ts';

export async function callbacks(print: Print): Promise<void> {
  function text() {
    return String(loop)
      .replace(/^<\w+ /, '')
      .toLowerCase();
  }

  function show() {
    print('callback', loop.isRunning(), text());
  }

  function fails() {
    throw new SystemExit();
  }

  const loop = newEventLoop();
  print('new', loop.isRunning(), text());
  loop.callSoon(show);
  loop.callSoon(() => loop.stop());
  await loop.runForever();
  print('stopped', loop.isRunning(), text());
  loop.callSoon(fails);
  try {
    await loop.runForever();
  } catch {
    print('left by an error', loop.isRunning(), text());
  }
  loop.close();
  print('closed', loop.isRunning(), text());
}
