import { posix } from 'node:path';
import { importsOf, skeletonOf } from './skeleton.ts';

/** From the bottom up: what a package's sources may import of the others. */
const layers: Record<string, readonly string[]> = {
  core: [],
  posix: ['@loop/core/errors'],
  net: ['@loop/core', '@loop/posix'],
  subprocess: ['@loop/core', '@loop/net', '@loop/posix'],
  signals: ['@loop/core'],
  executor: ['@loop/core'],
};

/** What comes from the registry, and the only folders that may load it. */
const outside: Record<string, readonly string[]> = {
  koffi: ['packages/posix/src/ffi/', 'packages/posix/src/wake/', 'packages/posix/src/openssl/'],
};

/** The one file of core that knows Node. */
const hostFile = 'packages/core/src/host/node-host.ts';

/**
 * Says what is wrong with the imports of one source file.
 *
 * @param path - From the root of the repository, with slashes.
 */
export function violations(path: string, source: string): string[] {
  const skeleton = skeletonOf(source);
  const imports = importsOf(skeleton);
  const found: string[] = [];
  const complain = (line: number, problem: string): void => {
    found.push(`${path}:${line} ${problem}`);
  };

  for (const { specifier, line } of imports) {
    const problem = specifier.startsWith('.')
      ? relativeProblem(path, specifier)
      : packageProblem(path, specifier);
    if (problem !== '') complain(line, problem);
  }

  // However it is loaded, its name has to be written down somewhere.
  const named = new Set(imports.map(({ specifier }) => specifier));
  for (const text of new Set(skeleton.strings)) {
    if (named.has(text) || path.startsWith('tools/')) continue;
    const problem = /^(?:koffi|@koromix\/.*|node:[a-z0-9_/]+)$/.test(text)
      ? packageProblem(path, text)
      : '';
    if (problem !== '')
      complain(lineOf(skeleton.text, `'${skeleton.strings.indexOf(text)}'`), problem);
  }
  if (isSourceOf('core', path) && path !== hostFile) {
    for (const word of ['getBuiltinModule', 'createRequire']) {
      const line = lineOf(skeleton.text, word);
      if (line > 0) complain(line, `uses ${word}: only ${hostFile} may know the runtime`);
    }
    const dynamic = /(?<![.\w$#])import\s*\((?!\s*')/.exec(skeleton.text);
    if (dynamic !== null) {
      complain(lineOf(skeleton.text, dynamic[0]), 'imports what only the run time knows');
    }
  }
  return found;
}

/** The same for the dependencies of a package's manifest. */
export function manifestViolations(name: string, manifest: Record<string, unknown>): string[] {
  const own = layers[name];
  if (own === undefined) return [`packages/${name} has no place in the layers`];
  const fields = ['dependencies', 'optionalDependencies', 'peerDependencies', 'devDependencies'];
  return fields.flatMap((field) =>
    Object.keys(manifest[field] ?? {}).flatMap((dependency) => {
      const below = own.some((allowed) => packageOf(allowed) === dependency);
      const loads = outside[dependency]?.some((folder) => folder.startsWith(`packages/${name}/`));
      if (below || loads === true) return [];
      return [`packages/${name}/package.json: ${field} may not name ${dependency}`];
    }),
  );
}

function relativeProblem(path: string, specifier: string): string {
  const target = posix.join(posix.dirname(path), specifier);
  const folder = /^(?:packages|apps)\/[^/]+\//.exec(path)?.[0];
  if (folder === undefined || target.startsWith(folder)) return '';
  return `imports ${specifier}, which lies outside ${folder}`;
}

function packageProblem(path: string, specifier: string): string {
  const name = /^packages\/([^/]+)\//.exec(path)?.[1];
  const tests = isTest(path);
  const imported = packageOf(specifier);

  const folders =
    outside[imported] ?? (imported.startsWith('@koromix/') ? outside['koffi'] : undefined);
  if (folders !== undefined) {
    if (folders.some((folder) => path.startsWith(folder))) return '';
    return `imports ${specifier}: only ${folders.join(', ')} may`;
  }
  if (name === undefined) return '';
  if (imported.startsWith('@loop/')) {
    const own = layers[name] ?? [];
    if (own.includes(specifier) || own.includes(imported)) return '';
    if (imported === `@loop/${name}`) return tests ? '' : `imports its own package by name`;
    return `imports ${specifier}: ${name} may import ${own.join(', ') || 'no package'}`;
  }
  if (imported.startsWith('node:')) {
    if (name !== 'core' || path === hostFile || tests) return '';
    return `imports ${specifier}: only ${hostFile} may`;
  }
  if (tests && (imported === 'vitest' || imported === 'tsx')) return '';
  return `imports ${specifier}: a package depends on nothing from the registry`;
}

/** `@loop/core/errors` is of `@loop/core`; `node:fs/promises` stays itself. */
function packageOf(specifier: string): string {
  if (specifier.startsWith('node:')) return specifier;
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
}

function isTest(path: string): boolean {
  return (
    /\.test(?:-d)?\.ts$/.test(path) ||
    /^packages\/[^/]+\/test\//.test(path) ||
    path.includes('/fixtures/')
  );
}

function isSourceOf(name: string, path: string): boolean {
  return path.startsWith(`packages/${name}/src/`) && !isTest(path);
}

function lineOf(text: string, part: string): number {
  const at = text.indexOf(part);
  return at < 0 ? 0 : text.slice(0, at).split('\n').length;
}
