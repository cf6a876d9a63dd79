import { parseArgs } from 'node:util';
import type { SuiteOptions } from './harness/suite.ts';

export const USAGE = `Usage: pnpm bench SUITE [options]

  --quick         only prove that everything starts: the figures mean nothing
  --only TEXT     only the rows whose title contains TEXT
  --peers A,B     only these columns
  --rounds N      samples of each peer, taken in turn (7)
  --help          this
`;

/** What to measure. */
export interface BenchArguments extends SuiteOptions {
  readonly suite: string;
}

/**
 * Reads the command line; `null` if it asks for help.
 *
 * @throws {Error} Something in it is unknown; the message says what.
 */
export function parseArguments(
  args: readonly string[],
  suites: ReadonlyMap<string, { readonly columns: readonly string[] }>,
): BenchArguments | null {
  const { values, positionals } = parseArgs({
    args: args.filter((argument) => argument !== '--'),
    allowPositionals: true,
    options: {
      quick: { type: 'boolean', default: false },
      only: { type: 'string', default: '' },
      peers: { type: 'string', default: '' },
      rounds: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return null;
  const [name, ...more] = positionals;
  const suite = suites.get(name ?? '');
  if (name === undefined || suite === undefined || more.length > 0) {
    const known = [...suites.keys()].join(', ');
    throw new Error(`Expected one suite of ${known}, got "${positionals.join(' ')}"`);
  }
  const peers = values.peers.split(',').filter((peer) => peer !== '');
  for (const peer of peers) {
    if (!suite.columns.includes(peer)) {
      throw new Error(`Expected peers to be of ${suite.columns.join(', ')}, got "${peer}"`);
    }
  }
  const rounds = values.rounds === undefined ? undefined : Number(values.rounds);
  if (rounds !== undefined && !(Number.isInteger(rounds) && rounds >= 1)) {
    throw new Error(`Expected rounds to be an integer from 1 up, got "${values.rounds}"`);
  }
  return { suite: name, quick: values.quick, only: values.only, peers, rounds };
}
