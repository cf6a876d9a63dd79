import { parseArgs } from 'node:util';

export const HELP = `Usage: pnpm soak [options]

Everything at once, at random, for ten minutes, and then a look at what is left.

  --seconds N    how long (600)
  --count N      or how many scenarios
  --seed N       the choices of an earlier run, which it printed
  --side N       how many scenarios side by side (20)
  --only TEXT    scenarios whose names contain it
  --backend B    selector or proactor (the one that a loop takes by itself)
  --help         this
`;

const BACKENDS = ['', 'selector', 'proactor'] as const;

export interface Options {
  readonly help: boolean;
  readonly seconds: number;
  readonly count: number;
  readonly seed: number;
  readonly side: number;
  readonly only: string;
  readonly backend: (typeof BACKENDS)[number];
}

/**
 * @param args - What stands behind the program's name.
 * @throws {TypeError} An option that there is not.
 * @throws {RangeError} A value that cannot be.
 */
export function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seconds: { type: 'string' },
      count: { type: 'string' },
      seed: { type: 'string' },
      side: { type: 'string' },
      only: { type: 'string', default: '' },
      backend: { type: 'string', default: '' },
      help: { type: 'boolean', default: false },
    },
  });
  const backend = BACKENDS.find((name) => name === values.backend);
  if (backend === undefined) {
    throw new RangeError(`Expected --backend to be selector or proactor, got "${values.backend}"`);
  }
  return {
    help: values.help,
    seconds: numberOf(values.seconds, '--seconds', 600),
    count: numberOf(values.count, '--count', Infinity),
    seed: numberOf(values.seed, '--seed', Date.now() % 2 ** 32, 0),
    side: numberOf(values.side, '--side', 20),
    only: values.only,
    backend,
  };
}

function numberOf(text: string | undefined, name: string, byDefault: number, least = 1): number {
  if (text === undefined) return byDefault;
  const value = Number(text);
  if (text.trim() !== '' && Number.isInteger(value) && value >= least) return value;
  throw new RangeError(`Expected ${name} to be an integer from ${least} up, got "${text}"`);
}
