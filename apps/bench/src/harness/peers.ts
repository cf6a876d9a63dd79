import { fileURLToPath } from 'node:url';
import { codeExtension, packageRoot } from './package-root.ts';
import { findPythons, type Python } from './pythons.ts';
import type { Case, Peer, PythonPeer, Workload } from './workload.ts';

/** Which interpreter runs each Python peer; one that is not installed is absent. */
export interface Pythons {
  readonly asyncio?: Python;
  readonly uvloop?: Python;
}

/** The newest Python for asyncio, and the newest that has uvloop. */
export function choosePythons(found: readonly Python[] = findPythons()): Pythons {
  const [asyncio] = found;
  const uvloop = found.find((python) => python.uvloop !== null);
  return { ...(asyncio && { asyncio }), ...(uvloop && { uvloop }) };
}

/** A program, its arguments, and what it has in its environment besides ours. */
export type Command = readonly [
  program: string,
  args: readonly string[],
  env?: Readonly<Record<string, string>>,
];

/** Starts `peer` on a case of a workload; `undefined` if it has no twin, or cannot run here. */
export function peerCommand(
  peer: Peer,
  suite: string,
  workload: Workload,
  { size, style = 'generator' }: Case,
  pythons: Pythons,
): Command | undefined {
  if (size > (workload.upTo?.[peer] ?? Infinity)) return undefined;
  if (isPythonPeer(peer)) {
    const python = pythons[peer];
    if (python === undefined) return undefined;
    const script = pathOf('src/harness/child.py');
    const twin = pathOf(`src/${suite}/${workload.name}.py`);
    return [python.command, [script, twin, peer, String(size), style, workload.unit]];
  }
  if (workload.twins[peer] === undefined) return undefined;
  const child = new URL(`./child${codeExtension}`, import.meta.url);
  const module = new URL(`../${suite}/${workload.name}${codeExtension}`, import.meta.url);
  return [
    process.execPath,
    [
      ...process.execArgv,
      '--expose-gc',
      fileURLToPath(child),
      module.href,
      peer,
      String(size),
      style,
    ],
  ];
}

export function isPythonPeer(peer: Peer): peer is PythonPeer {
  return peer === 'asyncio' || peer === 'uvloop';
}

function pathOf(file: string): string {
  return fileURLToPath(new URL(file, packageRoot));
}
