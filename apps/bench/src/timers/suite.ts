import { fileURLToPath } from 'node:url';
import { codeExtension, packageRoot } from '../harness/package-root.ts';
import { choosePythons, type Command, type Pythons } from '../harness/peers.ts';
import { PeerProcess } from '../harness/peer-process.ts';
import type { Suite } from '../harness/suite.ts';

const COLUMNS = ['loop', 'proactor', 'node', 'asyncio', 'uvloop'] as const;
type Column = (typeof COLUMNS)[number];

// Delays in milliseconds, and how late a timer may be at the median, in microseconds.
const CASES: readonly { readonly delay: number; readonly atMost?: number }[] = [
  { delay: 0.2, atMost: 100 },
  { delay: 5 },
];
const ROUNDS = 7;
const TIMERS = 200;

/** `pnpm bench timers`: how much later than asked a timer runs while there is nothing else to do. */
export const timersSuite: Suite = {
  name: 'timers',
  columns: COLUMNS,
  figures: 'Microseconds at the median by which a timer is late',
  software: () => {
    const { asyncio, uvloop } = choosePythons();
    return [
      `asyncio of Python ${asyncio?.version ?? 'none'}`,
      `uvloop ${uvloop?.uvloop ?? 'none'} on Python ${uvloop?.version ?? 'none'}`,
    ];
  },
  async *measure({ quick, only, peers, rounds }) {
    const chosen = COLUMNS.filter((each) => peers.length === 0 || peers.includes(each));
    const pythons = choosePythons();
    for (const { delay, atMost } of CASES) {
      const title = `timer of ${delay} ms, late by`;
      if (!title.includes(only)) continue;
      const costs = new Map<string, number[]>();
      const started: [Column, PeerProcess][] = [];
      try {
        for (const column of chosen) {
          const command = commandOf(column, delay, pythons);
          if (command !== undefined) started.push([column, await PeerProcess.start(command)]);
        }
        for (let round = 0; round < (quick ? 1 : (rounds ?? ROUNDS)); round += 1) {
          for (const [column, peer] of started) {
            const late = (await peer.ask(String(quick ? 3 : TIMERS))) as number;
            costs.set(column, [...(costs.get(column) ?? []), late]);
          }
        }
      } finally {
        await Promise.all(started.map(([, peer]) => peer[Symbol.asyncDispose]()));
      }
      const wanted = atMost === undefined ? {} : { wantedAtMost: atMost };
      yield { title, unit: 'us', ours: 'loop', targets: [], costs, ...wanted };
    }
  },
};

function commandOf(column: Column, delay: number, pythons: Pythons): Command | undefined {
  const told = [column, String(delay)];
  if (column === 'asyncio' || column === 'uvloop') {
    const python = pythons[column]?.command;
    if (python === undefined) return undefined;
    return [python, [fileURLToPath(new URL('src/timers/lateness.py', packageRoot)), ...told]];
  }
  const program = fileURLToPath(new URL(`./lateness${codeExtension}`, import.meta.url));
  return [process.execPath, [...process.execArgv, program, ...told]];
}
