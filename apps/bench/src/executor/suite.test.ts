import { describe, expect, it } from 'vitest';
import type { Pythons } from '../harness/peers.ts';
import { LIBRARIES, poolCases, type PoolCase } from './pool-case.ts';
import { commandOf } from './suite.ts';

const pythons: Pythons = { asyncio: { command: 'python', version: '3.13.0', uvloop: null } };

/** Who is measured on a row. */
function columnsOf(case_: PoolCase, found: Pythons): readonly string[] {
  return LIBRARIES.filter((library) => commandOf(library, case_, found) !== undefined);
}

describe('the executor suite', () => {
  it('measures on each row who has such a thing', () => {
    expect(poolCases.map((case_) => [case_.title, columnsOf(case_, pythons).join(' ')])).toEqual([
      ['empty job, threads', 'loop piscina tinypool workerpool python'],
      ['empty job, interpreters', 'loop'],
      ['empty job, processes', 'loop tinypool workerpool python'],
      ['empty job by runInExecutor, threads', 'loop python'],
      ['1 ms job, threads', 'loop piscina tinypool workerpool python'],
      ['1 ms job, processes', 'loop tinypool workerpool python'],
      ['10 MB copied, threads', 'loop piscina tinypool workerpool'],
      ['10 MB copied, processes', 'loop tinypool workerpool python'],
      ['10 MB moved there and back, threads', 'loop piscina tinypool workerpool'],
      ['callSoonThreadsafe from another thread', 'loop python'],
    ]);
  });

  it('leaves Python out where there is none, and asks 3.14 for interpreters', () => {
    const interpreters = poolCases[1] as PoolCase;
    expect(columnsOf(interpreters, {})).toEqual(['loop']);
    const newer: Pythons = { asyncio: { command: 'python', version: '3.14.0', uvloop: null } };
    expect(columnsOf(interpreters, newer)).toEqual(['loop', 'python']);
  });

  it('asks for the rate of every other library, where there is one in JavaScript', () => {
    for (const case_ of poolCases) {
      const others = columnsOf(case_, {}).filter((library) => library !== 'loop');
      const asked = case_.targets.map(({ against }) => against).filter((each) => each !== 'python');
      expect([case_.title, asked]).toEqual([case_.title, others]);
    }
  });
});
