// A context cannot be entered twice at a time; different ones nest.
import { Context, ContextVar } from '@loop/core';
import { className, type Print } from '../../src/print.ts';

export async function callbacks(print: Print): Promise<void> {
  function enterAgain() {
    try {
      outer.run(print, 'never printed');
    } catch (error) {
      print(className(error));
    }
    inner.run(nested);
  }

  function nested() {
    print('nested', variable.get('unset'));
    variable.set('inner');
    try {
      outer.run(print, 'never printed');
    } catch (error) {
      print(className(error));
    }
  }

  const variable = new ContextVar<string>('variable');
  const outer = new Context();
  const inner = new Context();
  outer.run(() => variable.set('outer'));
  outer.run(enterAgain);
  outer.run(() => print('again', variable.get()));
  print(inner.get(variable));
}
