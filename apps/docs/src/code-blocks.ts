import { readFileSync } from 'node:fs';

/** A block of TypeScript in a document, or in the TSDoc of a source. */
export interface CodeBlock {
  /** Where its first line is: `README.md:12`. */
  readonly at: string;
  readonly code: string;
  /** A module of its own, to be run; otherwise some lines, which are compiled only. */
  readonly whole: boolean;
  /** What the comments behind its `console.log` say that it prints. */
  readonly prints: readonly string[];
  /** For a program that serves until it is told to end: the signal, and what it has printed by then. */
  readonly end: { readonly signal: NodeJS.Signals; readonly after: string } | null;
}

const fence = /^(?<indent>\s*(?:\* )?)```ts$/;
const ending = /^<!-- ends: (?<signal>SIG[A-Z]+) after "(?<after>.+)" -->$/;

/** The blocks of a file, whose path is given from the root of the repository. */
export function codeBlocks(root: string, path: string): CodeBlock[] {
  const lines = readFileSync(`${root}/${path}`, 'utf8').split('\n');
  const inSource = path.endsWith('.ts');
  const blocks: CodeBlock[] = [];
  for (let at = 0; at < lines.length; at++) {
    const open = fence.exec(lines[at] as string);
    if (open === null) continue;
    const start = at + 1;
    do at += 1;
    while (
      at < lines.length &&
      !(lines[at] as string).trim().replace(/^\* /, '').startsWith('```')
    );
    const body = lines.slice(start, at);
    const code = inSource ? body.map((line) => line.replace(/^\s*\* ?/, '')) : body;
    const note = lines.slice(0, start - 1).findLast((line) => line.trim() !== '');
    const end = inSource ? undefined : ending.exec(note ?? '')?.groups;
    blocks.push({
      at: `${path}:${start + 1}`,
      code: code.join('\n'),
      whole: !inSource && code.some((line) => line.startsWith('import ')),
      prints: code.flatMap((line) => /console\.log\(.*; \/\/ (.+)$/.exec(line)?.[1] ?? []),
      end: end === undefined ? null : (end as unknown as CodeBlock['end']),
    });
  }
  return blocks;
}
