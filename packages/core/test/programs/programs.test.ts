import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { VirtualHost } from '../../src/testing/index.ts';
import { styles } from '../coroutine-styles.ts';
import { runProgram, type RecordedProgram } from './run-program.ts';

// More of them, for a longer search: record.py 8000 1000 > /tmp/more.jsonl, PROGRAMS=/tmp/more.jsonl
const file = process.env['PROGRAMS'] ?? new URL('programs.jsonl', import.meta.url);
const recorded = readFileSync(file, 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line) as RecordedProgram);

describe.each(styles)('random programs do what they do under CPython ($style)', (style) => {
  // What an eager async function does beyond its first await is only seen in a later microtask.
  const comparable = recorded.filter(({ eager }) => !eager || style.style === 'generator');

  it.each(comparable)('program $seed', async (recorded) => {
    expect(await runProgram(recorded, style)).toEqual(recorded.trace);
  });
});

describe.each(styles)('and on hosts that cannot drain microtasks ($style)', (style) => {
  const some = recorded.filter(({ eager }) => !eager).slice(0, 20);

  it.each(some)('program $seed', async (recorded) => {
    expect(await runProgram(recorded, style, new PausingHost())).toEqual(recorded.trace);
  });
});

class PausingHost extends VirtualHost {
  override get drain(): undefined {
    return undefined;
  }
}
