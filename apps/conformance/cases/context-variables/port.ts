// What get() falls back to, and what set() returns.
import { ContextVar, Token } from '@loop/core';
import { className, type Print } from '../../src/print.ts';

export async function callbacks(print: Print): Promise<void> {
  try {
    const misnamed = new ContextVar(5 as never);
    print(misnamed);
  } catch (error) {
    print(className(error));
  }
  const plain = new ContextVar<string>('plain');
  const fallback = new ContextVar<string>('fallback', { default: 'default' });
  print(plain.name, fallback.get(), fallback.get('argument'));
  try {
    plain.get();
  } catch (error) {
    print(className(error));
  }
  print(plain.get('argument'));
  let token = plain.set('first');
  print(token.var === plain, token.oldValue === Token.MISSING);
  token = plain.set('second');
  print(token.oldValue, plain.get(), plain.get('argument'));
  token = fallback.set('set');
  print(token.oldValue === Token.MISSING, fallback.get());
}
