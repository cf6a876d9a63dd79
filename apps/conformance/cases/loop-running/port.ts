// The running loop is seen inside of tasks and callbacks, and nowhere else.
import { getRunningLoop, newEventLoop, sleep, ValueError } from '@loop/core';
import { repr, type Print } from '../../src/print.ts';

export async function generator(print: Print): Promise<void> {
  function running() {
    try {
      return getRunningLoop() === loop;
    } catch (error) {
      return repr(error);
    }
  }

  function* child() {
    print('child', running());
  }

  function* main() {
    print('task', running());
    loop.callSoon(() => print('callback', running()));
    yield* sleep(0);
    print('task after a wait', running());
    yield* child();
  }

  function* fails() {
    throw new ValueError('x');
  }

  const loop = newEventLoop();
  print('before', running());
  await loop.runUntilComplete(main);
  print('after', running());
  try {
    await loop.runUntilComplete(fails);
  } catch (error) {
    print('failed', repr(error));
  }
  print('after an error', running());
  loop.close();
}

export async function asynchronous(print: Print): Promise<void> {
  function running() {
    try {
      return getRunningLoop() === loop;
    } catch (error) {
      return repr(error);
    }
  }

  async function child() {
    print('child', running());
  }

  async function main() {
    print('task', running());
    loop.callSoon(() => print('callback', running()));
    await sleep(0);
    print('task after a wait', running());
    await child();
  }

  async function fails() {
    throw new ValueError('x');
  }

  const loop = newEventLoop();
  print('before', running());
  await loop.runUntilComplete(main);
  print('after', running());
  try {
    await loop.runUntilComplete(fails);
  } catch (error) {
    print('failed', repr(error));
  }
  print('after an error', running());
  loop.close();
}
