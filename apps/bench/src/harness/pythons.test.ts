import { describe, expect, it } from 'vitest';
import { choosePythons } from './peers.ts';
import { compareVersions, findPythons } from './pythons.ts';

const python = (version: string, uvloop: string | null) => ({
  command: `/opt/${version}`,
  version,
  uvloop,
});

describe('compareVersions', () => {
  it('compares number by number', () => {
    const sorted = ['3.9.18', '3.13.0', '3.11.2', '3.11.10'].toSorted(compareVersions);
    expect(sorted).toEqual(['3.9.18', '3.11.2', '3.11.10', '3.13.0']);
  });

  it('takes a missing number for zero, and a release candidate for its release', () => {
    expect([compareVersions('3.13', '3.13.0'), compareVersions('3.14.0rc1', '3.14.0')]).toEqual([
      0, 0,
    ]);
  });
});

describe('choosePythons', () => {
  it('takes the newest for asyncio, and the newest that has uvloop for uvloop', () => {
    const [newest, withUvloop, older] = [
      python('3.14.0', null),
      python('3.12.1', '0.21.0'),
      python('3.11.2', '0.17.0'),
    ];
    const chosen = choosePythons([newest, withUvloop, older]);
    expect(chosen).toEqual({ asyncio: newest, uvloop: withUvloop });
  });

  it('leaves out what is not installed', () => {
    expect(choosePythons([])).toEqual({});
    expect(choosePythons([python('3.13.0', null)])).not.toHaveProperty('uvloop');
  });
});

describe('findPythons', () => {
  it('gives the installed ones newest first, each once', () => {
    const found = findPythons();
    const versions = found.map(({ version }) => version);
    expect(versions).toEqual(versions.toSorted((a, b) => compareVersions(b, a)));
    expect(new Set(found.map(({ command }) => command)).size).toBe(found.length);
  });
});
