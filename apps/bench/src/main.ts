import { parseArguments, USAGE, type BenchArguments } from './arguments.ts';
import { judge } from './report/judge.ts';
import { describeMachine } from './report/machine.ts';
import type { Row } from './report/row.ts';
import { formatHead, formatRow, formatVerdicts } from './report/table.ts';
import { suites } from './suites.ts';

async function main(): Promise<void> {
  let asked: BenchArguments | null;
  try {
    asked = parseArguments(process.argv.slice(2), suites);
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${USAGE}`);
    process.exitCode = 2;
    return;
  }
  const suite = suites.get(asked?.suite ?? '');
  if (asked === null || suite === undefined) {
    console.log(`${USAGE}\nSuites: ${[...suites.keys()].join(', ')}`);
    return;
  }
  const columns = suite.columns.filter(
    (column) => asked.peers.length === 0 || asked.peers.includes(column),
  );
  console.log(`${suite.name}: ${describeMachine()}`);
  const software = suite.software(columns).join('; ');
  console.log(`${software}\n`);
  console.log(
    asked.quick
      ? 'Quick: it only shows that everything starts. The figures mean nothing.'
      : `${suite.figures ?? 'CPU time per operation in ns'}, and how many times ours it is; ~ marks unsteady figures.`,
  );
  console.log(`\n${formatHead(columns)}`);
  const rows: Row[] = [];
  for await (const row of suite.measure(asked)) {
    rows.push(row);
    console.log(formatRow(row, columns));
  }
  if (!asked.quick) console.log(`\n${formatVerdicts(judge(rows, process.versions.node))}`);
}

await main();
