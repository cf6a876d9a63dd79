import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { exportedNames } from './layers/exported-names.ts';
import { manifestViolations, violations } from './layers/rules.ts';
import { filesBelow, packageNames, root, textOf } from './tree.ts';

interface Manifest extends Record<string, unknown> {
  exports: Record<string, string | Record<string, string>>;
}
const manifestOf = (name: string): Manifest =>
  JSON.parse(textOf(`packages/${name}/package.json`)) as Manifest;

describe('this repository', () => {
  it('imports only downward, and the runtime and the registry only where allowed', () => {
    const sources = ['packages', 'apps', 'tools']
      .flatMap((folder) => filesBelow(folder))
      .filter((path) => /\.[cm]?[jt]s$/.test(path));
    expect(sources.flatMap((path) => violations(path, textOf(path)))).toEqual([]);
  });

  it('declares dependencies only downward', () => {
    const found = packageNames.flatMap((name) => manifestViolations(name, manifestOf(name)));
    expect(found).toEqual([]);
  });

  it.each(packageNames)(
    'exports from %s what exports.txt records (after a wanted change: pnpm exports)',
    async (name) => {
      const sections = Object.entries(manifestOf(name).exports).flatMap(([entry, target]) => {
        if (typeof target === 'string') return [];
        const path = `packages/${name}/${target['@loop/source']!.slice('./'.length)}`;
        expect(existsSync(join(root, path)), `${path} exists`).toBe(true);
        const names = exportedNames(path, textOf).map((each) => `${each}\n`);
        return [`# @loop/${name}${entry.slice(1)}\n\n${names.join('')}`];
      });
      const record = join(root, 'packages', name, 'exports.txt');
      await expect(sections.join('\n')).toMatchFileSnapshot(record);
    },
  );
});
