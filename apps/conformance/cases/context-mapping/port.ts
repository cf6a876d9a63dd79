// A context is a read-only mapping in which defaults do not count.
import { Context, ContextVar } from '@loop/core';
import { className, type Print } from '../../src/print.ts';

export async function callbacks(print: Print): Promise<void> {
  const first = new ContextVar<number>('first');
  const second = new ContextVar<number | string>('second', { default: 'default' });
  const context = new Context();
  print(context.size, context.has(first), context.has(second));
  context.run(() => first.set(1));
  print(context.size, context.has(first), context.has(second));
  print(
    context.lookup(first),
    context.get(first),
    context.get(second),
    context.get(second, 'fallback'),
  );
  context.run(() => second.set(2));
  print(
    [...context].map((variable) => variable.name).sort(),
    [...context.values()].map(String).sort(),
  );
  print(
    [...context.entries()].map(([variable, value]) => `${variable.name}=${String(value)}`).sort(),
  );
  try {
    new Context().lookup(first);
  } catch (error) {
    print(className(error));
  }
  for (const lookup of [
    () => context.get('first' as never),
    () => context.has('first' as never),
    () => context.lookup('first' as never),
  ]) {
    try {
      lookup();
    } catch (error) {
      print(className(error));
    }
  }
}
