/**
 * The public types of every package, as the compiler emits them, kept in
 * packages/<name>/api.txt: a change of the API shows up in review.
 *
 *   tsx tools/api-report.ts           fails when a report is out of date
 *   tsx tools/api-report.ts --write   writes the reports
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..', 'packages');
const write = process.argv.includes('--write');
let stale = 0;

for (const name of readdirSync(root).toSorted()) {
  const dist = join(root, name, 'dist');
  const report = readdirSync(dist, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.d.ts'))
    .toSorted()
    .map((file) => {
      const text = readFileSync(join(dist, file), 'utf8').replace(
        /^\/\/# sourceMappingURL=.*$/m,
        '',
      );
      return `// ${file}\n\n${text.trim()}\n`;
    })
    .join('\n');
  const path = join(root, name, 'api.txt');
  if (existsSync(path) && readFileSync(path, 'utf8') === report) continue;
  if (write) {
    writeFileSync(path, report);
    console.log(`wrote packages/${name}/api.txt`);
  } else {
    stale += 1;
    console.error(`packages/${name}/api.txt is out of date: run \`pnpm build && pnpm api\``);
  }
}

process.exitCode = stale > 0 ? 1 : 0;
