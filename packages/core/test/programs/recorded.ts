import { readFileSync } from 'node:fs';
import type { Style } from '../coroutine-styles.ts';
import type { RecordedProgram } from './run-program.ts';

// More of them, for a longer search: record.py 8000 1000 > /tmp/more.jsonl, PROGRAMS=/tmp/more.jsonl
const file = process.env['PROGRAMS'] ?? new URL('programs.jsonl', import.meta.url);

const recorded = readFileSync(file, 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line) as RecordedProgram);

/** The programs that a style can be held to. */
export function programsFor({ style }: Style): readonly RecordedProgram[] {
  // What an eager async function does beyond its first await is only seen in a later microtask.
  return recorded.filter(({ eager }) => !eager || style === 'generator');
}
