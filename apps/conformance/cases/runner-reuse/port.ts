// A Runner makes its loop when it needs it, runs many mains on it, and closes once.
import { getRunningLoop, newEventLoop, Runner, sleep, ValueError } from '@loop/core';
import { repr, str, type Print } from '../../src/print.ts';

export async function generator(print: Print): Promise<void> {
  function factory() {
    print('factory');
    return newEventLoop();
  }

  function* main(name: string) {
    yield* sleep(0);
    return name + str(getRunningLoop() === runner.getLoop());
  }

  function* fails() {
    throw new ValueError('x');
  }

  const runner = new Runner({ loopFactory: factory });
  print('made');
  print(await runner.run(main('first ')));
  try {
    await runner.run(fails);
  } catch (error) {
    print(repr(error));
  }
  print(await runner.run(main('second ')));
  const loop = runner.getLoop();
  print(loop.isClosed(), await runner.close(), loop.isClosed(), await runner.close());
  for (const operation of [() => runner.getLoop(), () => runner.run(main('unused'))]) {
    try {
      await operation();
    } catch (error) {
      print(repr(error));
    }
  }
}

export async function asynchronous(print: Print): Promise<void> {
  function factory() {
    print('factory');
    return newEventLoop();
  }

  async function main(name: string) {
    await sleep(0);
    return name + str(getRunningLoop() === runner.getLoop());
  }

  async function fails() {
    throw new ValueError('x');
  }

  const runner = new Runner({ loopFactory: factory });
  print('made');
  print(await runner.run(() => main('first ')));
  try {
    await runner.run(fails);
  } catch (error) {
    print(repr(error));
  }
  print(await runner.run(() => main('second ')));
  const loop = runner.getLoop();
  print(loop.isClosed(), await runner.close(), loop.isClosed(), await runner.close());
  for (const operation of [() => runner.getLoop(), () => runner.run(() => main('unused'))]) {
    try {
      await operation();
    } catch (error) {
      print(repr(error));
    }
  }
}
