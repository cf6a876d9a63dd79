// Shields inside of a gather, and a gather inside of a shield.
import { createTask, gather, run, shield, sleep } from '@loop/core';
import { repr, type Print } from '../../src/print.ts';
import { virtualLoop } from '../../src/virtual-loop.ts';

export async function generator(print: Print): Promise<void> {
  function* child(name: string, delay: number) {
    yield* sleep(delay);
    print(name, 'ends');
    return name;
  }

  function* main() {
    const children = [createTask(child('a', 5)), createTask(child('b', 6))];
    const shields = children.map((task) => shield(task));
    const gathered = gather(...shields);
    yield* sleep(1);
    print(gathered.cancel());
    try {
      yield* gathered;
    } catch (error) {
      print(repr(error));
    }
    print(
      shields.map((shielded) => shielded.cancelled()),
      children.map((task) => task.done()),
    );
    print(yield* gather(...children));
    const inner = gather(child('c', 5), child('d', 6));
    const shielded = shield(inner);
    yield* sleep(1);
    shielded.cancel();
    print(shielded.cancelled(), inner.done(), yield* inner);
  }

  await run(main, { loopFactory: virtualLoop });
}

export async function asynchronous(print: Print): Promise<void> {
  async function child(name: string, delay: number) {
    await sleep(delay);
    print(name, 'ends');
    return name;
  }

  async function main() {
    const children = [createTask(() => child('a', 5)), createTask(() => child('b', 6))];
    const shields = children.map((task) => shield(task));
    const gathered = gather(...shields);
    await sleep(1);
    print(gathered.cancel());
    try {
      await gathered;
    } catch (error) {
      print(repr(error));
    }
    print(
      shields.map((shielded) => shielded.cancelled()),
      children.map((task) => task.done()),
    );
    print(await gather(...children));
    const inner = gather(
      () => child('c', 5),
      () => child('d', 6),
    );
    const shielded = shield(inner);
    await sleep(1);
    shielded.cancel();
    print(shielded.cancelled(), inner.done(), await inner);
  }

  await run(main, { loopFactory: virtualLoop });
}
