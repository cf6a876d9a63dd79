import { describe, expect, it } from 'vitest';
import { filesBelow, packageNames, textOf } from './tree.ts';

interface Manifest {
  name: string;
  version: string;
  license: string;
  engines?: { node: string };
  files?: string[];
}
const manifestOf = (folder: string): Manifest =>
  JSON.parse(textOf(`${folder}/package.json`)) as Manifest;

describe('the lockfile', () => {
  it('names no registry and no file to download', () => {
    const lines = textOf('pnpm-lock.yaml').split('\n');
    expect(lines.filter((line) => /https?:|tarball:|git\+|\bfile:[./]/.test(line))).toEqual([]);
  });
});

describe('the packages', () => {
  const folders = packageNames.map((name) => `packages/${name}`);

  it('are published as one: one version, one list of them in the changesets', () => {
    const config = JSON.parse(textOf('.changeset/config.json')) as { fixed: string[][] };
    const manifests = folders.map((folder) => manifestOf(folder));
    expect(config.fixed[0]?.toSorted()).toEqual(manifests.map(({ name }) => name).toSorted());
    expect(new Set(manifests.map(({ version }) => version)).size).toBe(1);
  });

  it.each(folders)('%s says what it is, and ships its sources without the tests', (folder) => {
    const { engines } = JSON.parse(textOf('package.json')) as Manifest;
    expect(manifestOf(folder)).toMatchObject({
      name: `@loop/${folder.slice('packages/'.length)}`,
      license: 'MIT',
      engines,
      files: ['dist', 'src', '!**/*.test.ts', '!**/*.test-d.ts'],
    });
    expect(filesBelow(folder)).toContain(`${folder}/README.md`);
  });
});

describe('every text file', () => {
  const texts = filesBelow().filter((path) => !/\.(?:png|ico|lock|tgz)$/.test(path));

  it('names no folder of a machine it was written on', () => {
    const local = /(?<![\w.@/-])\/(?:work|home|Users|root)\/[\w.-]+/;
    const found = texts.flatMap((path) =>
      textOf(path)
        .split('\n')
        .flatMap((line, index) =>
          local.test(line) ? [`${path}:${index + 1} ${line.trim()}`] : [],
        ),
    );
    expect(found).toEqual([]);
  });
});
