import { existsSync, readdirSync } from 'node:fs';
import { defineConfig, type TestProjectConfiguration } from 'vitest/config';

const folders = ['packages', 'apps'].flatMap((parent) =>
  readdirSync(new URL(parent, import.meta.url))
    .filter((name) => existsSync(new URL(`${parent}/${name}/package.json`, import.meta.url)))
    .map((name) => ({ name, root: `${parent}/${name}` })),
);

function hasTypeTests(root: string): boolean {
  const src = new URL(`${root}/src`, import.meta.url);
  return (
    existsSync(src) &&
    readdirSync(src, { recursive: true, encoding: 'utf8' }).some((f) => f.endsWith('.test-d.ts'))
  );
}

/** One project for the tests of a package, and one for its type tests if it has any. */
function projectsOf({ name, root }: { name: string; root: string }): TestProjectConfiguration[] {
  const projects: TestProjectConfiguration[] = [
    {
      extends: true,
      root,
      test: { name, include: ['{src,test,cases}/**/*.test.ts'] },
    },
  ];
  if (hasTypeTests(root)) {
    projects.push({
      extends: true,
      root,
      test: {
        name: `${name}:types`,
        include: [],
        typecheck: {
          enabled: true,
          only: true,
          include: ['src/**/*.test-d.ts'],
          tsconfig: 'tsconfig.json',
        },
      },
    });
  }
  return projects;
}

export default defineConfig({
  // Tests run on the sources of every package; nothing has to be built first.
  ssr: { resolve: { conditions: ['@loop/source'] } },
  test: {
    reporters: ['default', './tools/tally-reporter.ts'],
    // A test waits for events, not for time: these only end one that hangs.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    projects: [
      ...folders.flatMap(projectsOf),
      { extends: true, test: { name: 'repository', include: ['tools/**/*.test.ts'] } },
    ],
    coverage: {
      provider: 'v8',
      include: ['packages/*/src/**'],
      reporter: ['text', 'json-summary'],
      reportsDirectory: '.reports/coverage',
    },
  },
});
