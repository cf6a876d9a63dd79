import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Print } from './print.ts';

/** A program's port: it writes its trace to `print` and resolves when it has ended. */
export type Program = (print: Print) => Promise<void>;

/**
 * What a `port.ts` exports: the program once with generator coroutines and once with async
 * functions, or, where it has no coroutine, only `callbacks`.
 */
export interface Port {
  readonly generator?: Program;
  readonly asynchronous?: Program;
  readonly callbacks?: Program;
}

/** How a port writes its coroutines; `callbacks` is a port without any. */
export type Style = keyof Port;

/** One run of a port: `asynchronous`, or for a port with I/O `asynchronous, proactor`. */
export type Variant = Style | `${Style}, ${Backend}`;

/** What `LOOP_BACKEND` can name. */
export type Backend = 'selector' | 'proactor';

/** A pair of programs, one in Python and one in TypeScript, and the trace of the first. */
export interface Case {
  /** `<area>-<topic>`, as its folder. */
  readonly name: string;
  /** The IDs of the spec that it proves. */
  readonly proves: readonly string[];
  readonly styles: readonly Style[];
  /** Those to run it on: both where there is I/O, none where it makes no difference. */
  readonly backends: readonly Backend[];
  /** The lines of the reference's trace. */
  readonly trace: readonly string[];
}

const folder = new URL('../cases/', import.meta.url);

/** The names of all cases, in order. */
export function caseNames(): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
}

/** The path of a case's file. */
export function casePath(name: string, file: 'ref.py' | 'port.ts' | 'trace.txt'): string {
  return fileURLToPath(new URL(`${name}/${file}`, folder));
}

/** Reads all of a case but its port. */
export function readCase(name: string): Case {
  const [version = '', ...trace] = readLines(name, 'trace.txt');
  if (!/^CPython 3\.\d+\.\d+/.test(version)) {
    throw new Error(`${name}/trace.txt names no CPython in line 1: run the record command`);
  }
  return {
    name,
    proves: readProves(name),
    styles: readStyles(name),
    backends: readBackends(name),
    trace,
  };
}

/** Loads a case's port. */
export async function loadPort(name: string): Promise<Port> {
  return (await import(casePath(name, 'port.ts'))) as Port;
}

/** The IDs in the line `# proves: TASK-020 TASK-035` at the top of `ref.py`. */
function readProves(name: string): string[] {
  const [header = ''] = readLines(name, 'ref.py');
  const ids = /^# proves:((?: [A-Z]+-\d{3})+)$/.exec(header)?.[1];
  if (ids === undefined) throw new Error(`${name}/ref.py does not begin with "# proves: ID ..."`);
  return ids.trim().split(' ');
}

// Read from the text, so that a port that does not load fails its own tests and no others.
function readStyles(name: string): Style[] {
  const text = readLines(name, 'port.ts').join('\n');
  const styles = (['generator', 'asynchronous', 'callbacks'] as const).filter((style) =>
    text.includes(`export async function ${style}(`),
  );
  const found = styles.join(' and ');
  if (found !== 'generator and asynchronous' && found !== 'callbacks') {
    throw new Error(
      `Expected ${name}/port.ts to export the functions generator and asynchronous, or callbacks ` +
        `alone, got ${found || 'none of them'}`,
    );
  }
  return styles;
}

function readLines(name: string, file: 'ref.py' | 'port.ts' | 'trace.txt'): string[] {
  return readFileSync(casePath(name, file), 'utf8').trimEnd().split('\n');
}

function readBackends(name: string): Backend[] {
  const hasIo = readLines(name, 'port.ts').some((line) => line.includes("'@loop/net'"));
  return hasIo ? ['selector', 'proactor'] : [];
}

/** The runs of a case. */
export function variantsOf({ styles, backends }: Case): Array<[Variant, Style, Backend | null]> {
  return styles.flatMap((style): Array<[Variant, Style, Backend | null]> =>
    backends.length === 0
      ? [[style, style, null]]
      : backends.map((backend) => [`${style}, ${backend}`, style, backend]),
  );
}
