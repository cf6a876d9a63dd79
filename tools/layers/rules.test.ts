import { describe, expect, it } from 'vitest';
import { manifestViolations, violations } from './rules.ts';

/** Expects one complaint that contains `problem`, or none for ''. */
function check(path: string, source: string, problem: string): void {
  const found = violations(path, source);
  expect(found).toHaveLength(problem === '' ? 0 : 1);
  expect(found.join()).toContain(problem);
}

describe('between packages', () => {
  it.each([
    ['core', '@loop/net', 'imports @loop/net: core may import no package'],
    ['core', '@loop/core', 'imports its own package by name'],
    ['posix', '@loop/core', 'posix may import @loop/core/errors'],
    ['posix', '@loop/core/testing', 'posix may import @loop/core/errors'],
    ['posix', '@loop/core/errors', ''],
    ['net', '@loop/core', ''],
    ['net', '@loop/core/errors', ''],
    ['net', '@loop/posix/internal', ''],
    ['net', '@loop/subprocess', 'net may import @loop/core, @loop/posix'],
    ['subprocess', '@loop/net', ''],
    ['subprocess', '@loop/signals', 'imports @loop/signals'],
    ['signals', '@loop/core', ''],
    ['signals', '@loop/posix', 'imports @loop/posix'],
    ['executor', '@loop/net', 'imports @loop/net'],
  ])('%s importing %s', (name, specifier, problem) => {
    check(`packages/${name}/src/a.ts`, `import { x } from '${specifier}';`, problem);
  });

  it.each([
    `import '@loop/net';`,
    `import x from "@loop/net";`,
    `import * as x from '@loop/net';`,
    `import type { X } from '@loop/net';`,
    `import {\n  a,\n  type B,\n} from '@loop/net';`,
    `export { x } from '@loop/net';`,
    `export * from '@loop/net';`,
    `const x = await import('@loop/net');`,
    `let x: import('@loop/net').X;`,
    `const x = require('@loop/net');`,
    `declare module '@loop/net' {}`,
    'const text = `${await import("@loop/net")}`;',
    `const r = /'/; import { x } from '@loop/net';`,
  ])('sees %s', (source) => {
    check('packages/core/src/a.ts', source, 'imports @loop/net: core may import no package');
  });

  it.each([
    `// import '@loop/net';`,
    `/** like import('@loop/net') */`,
    `const text = "import '@loop/net';";`,
    'const text = `\nimport "@loop/net";\n`;',
    `const r = /import '@loop\\/net'/;`,
    `loop.import('@loop/net');`,
    `const half = a / b; // '`,
  ])('does not take %s for an import', (source) => {
    check('packages/core/src/a.ts', source, '');
  });

  it('names the line', () => {
    expect(violations('packages/core/src/a.ts', `/*\n*/\nimport {\n} from 'x';`)).toEqual([
      'packages/core/src/a.ts:4 imports x: a package depends on nothing from the registry',
    ]);
  });

  it.each([
    ['packages/net/src/a.ts', '../../core/src/index.ts', 'lies outside packages/net/'],
    ['packages/net/src/deep/a.ts', '../a.ts', ''],
    ['packages/net/src/a.test.ts', '../../posix/test/b.ts', 'lies outside packages/net/'],
    ['apps/bench/src/a.ts', '../../../packages/core/src/a.ts', 'lies outside apps/bench/'],
    ['tools/a.ts', '../packages/core/src/a.ts', ''],
  ])('%s importing %s', (path, specifier, problem) => {
    check(path, `import '${specifier}';`, problem);
  });

  it('lets a test import vitest and its own package by name, and nothing upward', () => {
    check('packages/core/src/a.test.ts', `import { it } from 'vitest';`, '');
    check('packages/core/test/a.ts', `import '@loop/core';`, '');
    check('packages/core/src/a.ts', `import { it } from 'vitest';`, 'imports vitest');
    check('packages/core/src/a.test.ts', `import '@loop/net';`, 'imports @loop/net');
    check('packages/core/src/a.test.ts', `import 'left-pad';`, 'imports left-pad');
  });
});

describe('the runtime', () => {
  it.each([
    ['packages/core/src/loop/pump.ts', `import 'node:timers';`, 'imports node:timers'],
    ['packages/core/src/a.ts', `const name = 'node:timers'; load(name);`, 'imports node:timers'],
    ['packages/core/src/a.ts', `import 'fs';`, 'imports fs'],
    ['packages/core/src/a.ts', `process.getBuiltinModule('fs');`, 'uses getBuiltinModule'],
    ['packages/core/src/a.ts', `process['getBuiltinModule'](x);`, ''],
    ['packages/core/src/a.ts', `import(name);`, 'only the run time knows'],
    ['packages/core/src/host/node-host.ts', `import 'node:timers';`, ''],
    ['packages/core/src/host/node-host.ts', `process.getBuiltinModule('node:fs');`, ''],
    ['packages/core/src/a.test.ts', `import 'node:timers';`, ''],
    ['packages/posix/src/a.ts', `import 'node:timers';`, ''],
  ])('%s with %s', (path, source, problem) => {
    check(path, source, problem);
  });
});

describe('the foreign function interface', () => {
  it.each([
    ['packages/posix/src/ffi/library.ts', ''],
    ['packages/posix/src/wake/a.ts', ''],
    ['packages/posix/src/openssl/a.ts', ''],
    ['packages/posix/src/socket/socket.ts', 'only packages/posix/src/ffi/'],
    ['packages/net/src/a.ts', 'only packages/posix/src/ffi/'],
    ['packages/core/src/host/node-host.ts', 'only packages/posix/src/ffi/'],
    ['apps/bench/src/a.ts', 'only packages/posix/src/ffi/'],
  ])('loaded by %s', (path, problem) => {
    check(path, `import koffi from 'koffi';`, problem);
    check(path, `const name = 'koffi';`, problem);
    check(path, `import type { X } from '@koromix/koffi-linux-x64';`, problem);
  });
});

describe('manifests', () => {
  it.each([
    ['core', {}, ''],
    ['core', { dependencies: { tslib: '1' } }, 'dependencies may not name tslib'],
    ['core', { devDependencies: { '@loop/net': '1' } }, 'devDependencies may not name @loop/net'],
    ['posix', { optionalDependencies: { koffi: '1' } }, ''],
    ['posix', { dependencies: { '@loop/core': '1' } }, ''],
    ['net', { dependencies: { koffi: '1' } }, 'may not name koffi'],
    ['net', { dependencies: { '@loop/core': '1', '@loop/posix': '1' } }, ''],
    ['signals', { peerDependencies: { '@loop/posix': '1' } }, 'may not name @loop/posix'],
    ['extra', {}, 'packages/extra has no place in the layers'],
  ])('of %s: %j', (name, manifest, problem) => {
    expect(manifestViolations(name, manifest).join()).toContain(problem);
    expect(manifestViolations(name, manifest)).toHaveLength(problem === '' ? 0 : 1);
  });
});
