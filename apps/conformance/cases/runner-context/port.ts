// The runs of one Runner share a context, unless one is given.
import { Context, ContextVar, Runner, sleep } from '@loop/core';
import type { Print } from '../../src/print.ts';

export async function generator(print: Print): Promise<void> {
  function* main(value: string) {
    const old = variable.get();
    variable.set(value);
    yield* sleep(0);
    return [old, variable.get()];
  }

  const variable = new ContextVar<string>('variable', { default: 'default' });
  variable.set('outside');
  await using runner = new Runner();
  print(await runner.run(main('first')));
  print(await runner.run(main('second')));
  const given = new Context();
  print(await runner.run(main('given'), { context: given }));
  print(await runner.run(main('third')), given.get(variable));
  print(variable.get());
}

export async function asynchronous(print: Print): Promise<void> {
  async function main(value: string) {
    const old = variable.get();
    variable.set(value);
    await sleep(0);
    return [old, variable.get()];
  }

  const variable = new ContextVar<string>('variable', { default: 'default' });
  variable.set('outside');
  await using runner = new Runner();
  print(await runner.run(() => main('first')));
  print(await runner.run(() => main('second')));
  const given = new Context();
  print(await runner.run(() => main('given'), { context: given }));
  print(await runner.run(() => main('third')), given.get(variable));
  print(variable.get());
}
