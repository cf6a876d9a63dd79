// What cannot be awaited, and a future of another loop, are refused before anything runs.
import { newEventLoop, sleep } from '@loop/core';
import { className, type Print } from '../../src/print.ts';

export async function callbacks(print: Print): Promise<void> {
  const loop = newEventLoop();
  const other = newEventLoop();
  loop.callSoon(print, 'the loop ran');
  for (const value of ['blah', 5, null]) {
    try {
      await loop.runUntilComplete(value as never);
    } catch (error) {
      print(className(error));
    }
  }
  try {
    await loop.runUntilComplete(other.createFuture());
  } catch (error) {
    print(className(error));
  }
  print('running', loop.isRunning());
  await loop.runUntilComplete(() => sleep(0));
  loop.close();
  other.close();
}
