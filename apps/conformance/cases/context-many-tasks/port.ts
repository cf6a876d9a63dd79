// A hundred tasks that set the same variable never see one another's values.
import { ContextVar, sleep } from '@loop/core';
import type { Print } from '../../src/print.ts';
import { virtualLoop } from '../../src/virtual-loop.ts';

export async function generator(print: Print): Promise<void> {
  function* child(n: number) {
    for (let step = 0; step < 5; step++) {
      variable.set(`${n} ${step}`);
      yield* sleep((n % 7) * 0.01);
      if (variable.get() !== `${n} ${step}`) print('mixed up', n, step, variable.get());
    }
    return n;
  }

  function* main() {
    const children = Array.from({ length: 100 }, (_, n) => loop.createTask(child(n)));
    let total = 0;
    for (const task of children) total += yield* task;
    print('sum', total, 'main', variable.get());
  }

  const variable = new ContextVar<string>('variable', { default: 'default' });
  const loop = virtualLoop();
  await loop.runUntilComplete(main);
  print('outside', variable.get());
  loop.close();
}

export async function asynchronous(print: Print): Promise<void> {
  async function child(n: number) {
    for (let step = 0; step < 5; step++) {
      variable.set(`${n} ${step}`);
      await sleep((n % 7) * 0.01);
      if (variable.get() !== `${n} ${step}`) print('mixed up', n, step, variable.get());
    }
    return n;
  }

  async function main() {
    const children = Array.from({ length: 100 }, (_, n) => loop.createTask(() => child(n)));
    let total = 0;
    for (const task of children) total += await task;
    print('sum', total, 'main', variable.get());
  }

  const variable = new ContextVar<string>('variable', { default: 'default' });
  const loop = virtualLoop();
  await loop.runUntilComplete(main);
  print('outside', variable.get());
  loop.close();
}
