// reset() restores what was before, once, for its own variable and context only.
import { ContextVar, copyContext } from '@loop/core';
import { className, type Print } from '../../src/print.ts';

export async function callbacks(print: Print): Promise<void> {
  const variable = new ContextVar<number>('variable');
  const other = new ContextVar<number>('other');
  const first = variable.set(1);
  const second = variable.set(2);
  variable.reset(second);
  print(variable.get());
  variable.reset(first);
  print(variable.get('unset'));
  const token = variable.set(3);
  const elsewhere = copyContext().run(() => variable.set(4));
  for (const [name, reset] of Object.entries({
    used: () => variable.reset(first),
    'of another variable': () => other.reset(token),
    'of another context': () => variable.reset(elsewhere),
  })) {
    try {
      reset();
    } catch (error) {
      print(name, className(error));
    }
  }
  print(variable.get(), other.get('unset'));
}
