// A future takes the running loop, else the one that is set, else it is refused.
import { Future, newEventLoop, setEventLoop } from '@loop/core';
import { className, type Print } from '../../src/print.ts';

export async function generator(print: Print): Promise<void> {
  function* main() {
    print('running', new Future().getLoop() === running);
    print('given', new Future({ loop: current }).getLoop() === current);
  }

  const running = newEventLoop();
  const current = newEventLoop();
  setEventLoop(current);
  await running.runUntilComplete(main);
  print('current', new Future().getLoop() === current);
  try {
    print(new Future(current as never));
  } catch (error) {
    print(className(error));
  }
  setEventLoop(null);
  try {
    print(new Future());
  } catch (error) {
    print(className(error));
  }
  running.close();
  current.close();
}

export async function asynchronous(print: Print): Promise<void> {
  async function main() {
    print('running', new Future().getLoop() === running);
    print('given', new Future({ loop: current }).getLoop() === current);
  }

  const running = newEventLoop();
  const current = newEventLoop();
  setEventLoop(current);
  await running.runUntilComplete(main);
  print('current', new Future().getLoop() === current);
  try {
    print(new Future(current as never));
  } catch (error) {
    print(className(error));
  }
  setEventLoop(null);
  try {
    print(new Future());
  } catch (error) {
    print(className(error));
  }
  running.close();
  current.close();
}
