import { describe, expect, it } from 'vitest';
import { hostOfThePage } from '../as-a-page.ts';
import { styles } from '../coroutine-styles.ts';
import { programsFor } from './recorded.ts';
import { runProgram } from './run-program.ts';

it('runs on the host of the web', () => expect(hostOfThePage.name).toBe('web'));

describe.each(styles)(
  'random programs do on a page what they do under CPython ($style)',
  (style) => {
    it.each(programsFor(style))('program $seed', async (recorded) => {
      expect(await runProgram(recorded, style)).toEqual(recorded.trace);
    });
  },
);
