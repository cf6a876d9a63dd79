// A copy is a snapshot; what runs in a context leaves its sets there.
import { Context, ContextVar, copyContext, ValueError } from '@loop/core';
import { repr, type Print } from '../../src/print.ts';

export async function callbacks(print: Print): Promise<void> {
  function change(value: string) {
    print('inside', variable.get('unset'));
    variable.set(value);
    return `returned ${value}`;
  }

  function fail() {
    variable.set('before the error');
    throw new ValueError('x');
  }

  const variable = new ContextVar<string>('variable');
  const shared = new ContextVar<number[]>('shared');
  const items: number[] = [];
  shared.set(items);
  variable.set('outside');
  const copy = copyContext();
  variable.set('changed outside');
  print(copy.run(change, 'in the copy'));
  print(copy.get(variable), variable.get());
  copy.run(() => shared.get().push(1));
  print(shared.get(), copy.copy().get(shared) === items);
  const empty = new Context();
  print(empty.run(change, 'in an empty one'));
  try {
    empty.run(fail);
  } catch (error) {
    print(repr(error), empty.get(variable), variable.get());
  }
  const copyOfIt = empty.copy();
  copyOfIt.run(change, 'in the copy of it');
  print(empty.get(variable), copyOfIt.get(variable));
}
