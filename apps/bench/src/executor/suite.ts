import { fileURLToPath } from 'node:url';
import { FULL, measureCase, QUICK } from '../harness/measure-case.ts';
import { codeExtension, packageRoot } from '../harness/package-root.ts';
import { choosePythons, type Command, type Pythons } from '../harness/peers.ts';
import type { Sample } from '../harness/serve-samples.ts';
import type { Suite } from '../harness/suite.ts';
import { packageVersion } from '../report/machine.ts';
import { LIBRARIES, poolCases, type Library, type PoolCase } from './pool-case.ts';
import { pools } from './pools.ts';

/** `pnpm bench executor`: pools of threads and of processes, and calls from another thread. */
export const executorSuite: Suite = {
  name: 'executor',
  columns: LIBRARIES,
  figures: 'Time per operation in us',
  software,
  async *measure({ quick, only, peers, rounds }) {
    const chosen = LIBRARIES.filter((each) => peers.length === 0 || peers.includes(each));
    const pythons = chosen.includes('python') ? choosePythons() : {};
    const effort = quick ? QUICK : FULL;
    for (const case_ of poolCases) {
      const { title, targets, wantedRate } = case_;
      if (!title.includes(only)) continue;
      const commands = new Map<Library, Command>();
      for (const library of chosen) {
        const command = commandOf(library, case_, pythons);
        if (command !== undefined) commands.set(library, command);
      }
      const costs = await measureCase(
        commands,
        { size: case_.batch, costOf: timeOf },
        { ...effort, rounds: rounds ?? effort.rounds },
      );
      yield { title, unit: 'us', ours: 'loop', costs, targets, ...(wantedRate && { wantedRate }) };
    }
  },
};

/** Not the CPU time: it is for the other processors that there are pools. */
function timeOf({ wall, operations }: Sample): number {
  return (wall * 1e6) / operations;
}

// Has glibc keep what was freed, for everybody: otherwise it gives 10 MB back and faults them in again or
// not, by the luck of a run, which makes a factor of two.
const KEEP_MEMORY = {
  MALLOC_TRIM_THRESHOLD_: '1000000000',
  MALLOC_MMAP_THRESHOLD_: '1000000000',
  MALLOC_TOP_PAD_: '64000000',
};

/** Starts a library on a row; `undefined` if it has no such thing, or cannot run here. */
export function commandOf(
  library: Library,
  { title, place, job, batch, argument }: PoolCase,
  { asyncio }: Pythons,
): Command | undefined {
  if (library !== 'python') {
    const ownOnly = place === 'another thread' || place === 'the loop';
    if (ownOnly ? library !== 'loop' : pools[library][place] === undefined) return undefined;
    const program = fileURLToPath(new URL(`./program${codeExtension}`, import.meta.url));
    return [process.execPath, [...process.execArgv, program, library, title], KEEP_MEMORY];
  }
  // Its threads share what is passed: nothing is copied or moved there.
  if (asyncio === undefined || (argument !== undefined && place === 'threads')) return undefined;
  if (place === 'interpreters' && !hasInterpreters(asyncio.version)) return undefined;
  const [child, twin] = ['src/harness/child.py', 'src/executor/pools.py'].map((file) =>
    fileURLToPath(new URL(file, packageRoot)),
  ) as [string, string];
  const style = `${place}/${job}/${batch}/${String(argument)}`;
  return [asyncio.command, [child, twin, 'asyncio', '0', style, 'ns'], KEEP_MEMORY];
}

function hasInterpreters(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > 3 || minor >= 14;
}

function software(columns: readonly string[]): readonly string[] {
  const libraries = LIBRARIES.filter(
    (each) => each !== 'loop' && each !== 'python' && columns.includes(each),
  ).map((name) => `${name} ${packageVersion(name)}`);
  if (!columns.includes('python')) return libraries;
  const { asyncio } = choosePythons();
  const python =
    asyncio === undefined ? 'no Python 3.11 or newer was found' : `Python ${asyncio.version}`;
  return [...libraries, python];
}
