import { expect, it } from 'vitest';
import { exportedNames } from './exported-names.ts';

function check(files: Record<string, string>, names: string[]): void {
  expect(exportedNames('src/index.ts', (path) => files[path]!)).toEqual(names);
}

it.each([
  [`export { b, type A } from './x.ts';`, ['type A', 'b']],
  [`export type { A, B as C } from './x.ts';`, ['type A', 'type C']],
  [`// for users\nexport {\n  a as b, // like this\n  c,\n};\n`, ['b', 'c']],
  [`export const a = 1;\nexport let b: number;`, ['a', 'b']],
  [`export function f(x: number): void {}`, ['f']],
  [`export async function f<T>() {}\nexport function* g() {}`, ['f', 'g']],
  [`export class A<T> extends B {}\nexport abstract class C {}`, ['A', 'C']],
  [`export interface I { x: 1 }\nexport type T = 1;`, ['type I', 'type T']],
  [`export {};`, []],
  [`import { a } from './a.ts';\nregister(a);`, []],
])('reads %j', (source, names) => {
  check({ 'src/index.ts': source }, names);
});

it('follows export *, but not under a name', () => {
  check(
    {
      'src/index.ts': `export * from './a/b.ts';\nexport * as c from './c.ts';`,
      'src/a/b.ts': `export * from './d.ts';\nexport const b = 1;`,
      'src/a/d.ts': `export type D = 1;`,
    },
    ['type D', 'b', 'c'],
  );
});

it('refuses what it cannot name', () => {
  const read = (source: string) => () => exportedNames('a.ts', () => source);
  expect(read(`export default 1;`)).toThrow('a.ts: cannot tell what "export default 1" exports');
  expect(read(`export const { a } = b;`)).toThrow('cannot tell what "export const"');
  expect(read(`export * from 'node:fs';`)).toThrow('a.ts: export * from node:fs');
});
