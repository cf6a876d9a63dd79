import { describe, expect, it } from 'vitest';
import { VirtualHost } from '../../src/testing/index.ts';
import { styles } from '../coroutine-styles.ts';
import { programsFor } from './recorded.ts';
import { runProgram } from './run-program.ts';

/** A host that can only say when microtasks are quiet. */
class WithoutDrain extends VirtualHost {
  override get drain(): undefined {
    return undefined;
  }
}

describe.each(styles)('random programs do what they do under CPython ($style)', (style) => {
  it.each(programsFor(style))('program $seed', async (recorded) => {
    expect(await runProgram(recorded, style)).toEqual(recorded.trace);
  });

  it.each(programsFor(style))('program $seed on a host without drain', async (recorded) => {
    expect(await runProgram(recorded, style, new WithoutDrain())).toEqual(recorded.trace);
  });
});
