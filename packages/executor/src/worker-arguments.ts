import { isAbsolute } from 'node:path';

// They are about the main program: where its text comes from, and the debugger that waits for it.
const OF_THE_PROGRAM = /^--(?:input-type|inspect)/;

/** Node's own arguments for a worker; `undefined` if those of this process fit as they are. */
export function workerArguments(): string[] | undefined {
  const given = process.execArgv;
  if (!given.some((argument) => OF_THE_PROGRAM.test(argument))) return undefined;
  const text = given.findIndex((argument) => /^(?:-e|-p|-pe|--eval|--print)$/.test(argument));
  return given.filter(
    (argument, index) =>
      !OF_THE_PROGRAM.test(argument) && (text === -1 || (index !== text && index !== text + 1)),
  );
}

const PROGRAM = Symbol.for('@loop/executor.program');

/** The file of the main program, also for pools that a worker makes; the current folder if it is no file. */
export function programFile(): string {
  const outer = (globalThis as { [PROGRAM]?: string })[PROGRAM];
  if (outer !== undefined) return outer;
  // Of a text, from the command line or standard input, it is an argument, or a dash.
  const [, first = ''] = process.argv;
  return isAbsolute(first) ? first : `${process.cwd()}/`;
}
