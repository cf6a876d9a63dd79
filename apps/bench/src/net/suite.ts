import { choosePythons, type Pythons } from '../harness/peers.ts';
import type { Suite } from '../harness/suite.ts';
import type { Row } from '../report/row.ts';
import { datagramEcho } from './datagram-echo/scenario.ts';
import { FULL, measureNetCase, QUICK, type NetFigures } from './measure-net-case.ts';
import { Programs } from './programs.ts';
import { NET_PEERS, type NetCase, type NetPeer, type Scenario } from './scenario.ts';
import { sendfile } from './sendfile/scenario.ts';
import { streamEcho } from './stream-echo/scenario.ts';
import { streamsEcho } from './streams-echo/scenario.ts';
import { tlsEcho } from './tls-echo/scenario.ts';

const scenarios: readonly Scenario[] = [streamEcho, datagramEcho, streamsEcho, tlsEcho, sendfile];

// At its quickest a server gets no more connections than this.
const QUICK_CONNECTIONS = 10;

/** `pnpm bench net`: servers, each in a process of its own, driven from another one. */
export const netSuite: Suite = {
  name: 'net',
  columns: NET_PEERS,
  software,
  async *measure({ quick, only, peers, rounds }) {
    const chosen = NET_PEERS.filter((peer) => peers.length === 0 || peers.includes(peer));
    const effort = quick ? QUICK : FULL;
    using programs = new Programs();
    for (const scenario of scenarios) {
      for (const asked of scenario.cases) {
        if (!asked.title.includes(only)) continue;
        const case_ = quick ? small(asked) : asked;
        const omitted = programs.missing(scenario, case_.load);
        if (omitted !== undefined) {
          const { title, unit, targets } = case_;
          yield { title, unit, ours: 'loop', targets, costs: new Map(), omitted };
          continue;
        }
        const figures = await measureNetCase(scenario, case_, chosen, programs, {
          ...effort,
          rounds: rounds ?? effort.rounds,
        });
        yield* rowsOf(case_, figures);
      }
    }
  },
};

function* rowsOf(case_: NetCase, figures: ReadonlyMap<NetPeer, NetFigures>): Iterable<Row> {
  const { title, unit, targets } = case_;
  yield { title, unit, ours: 'loop', targets, costs: mapValues(figures, ({ costs }) => costs) };
  if (unit !== 'ns') return;
  yield {
    title: `  ${/^\S+ accept/.test(title) ? 'connections' : 'requests'}`,
    unit: 'per second',
    ours: 'loop',
    targets: [],
    costs: mapValues(figures, ({ rates }) => rates),
    limited: new Set([...figures].flatMap(([peer, { limited }]) => (limited ? [peer] : []))),
  };
}

function mapValues<T, V>(
  map: ReadonlyMap<NetPeer, T>,
  get: (value: T) => V,
): ReadonlyMap<NetPeer, V> {
  return new Map([...map].map(([peer, value]) => [peer, get(value)]));
}

function small(case_: NetCase): NetCase {
  const connections = Math.min(case_.load.connections, QUICK_CONNECTIONS);
  return { ...case_, load: { ...case_.load, connections } };
}

function software(columns: readonly string[]): readonly string[] {
  const pythons: Pythons =
    columns.includes('asyncio') || columns.includes('uvloop') ? choosePythons() : {};
  using programs = new Programs();
  return [
    pythons.asyncio === undefined ? 'no asyncio' : `asyncio of Python ${pythons.asyncio.version}`,
    pythons.uvloop === undefined
      ? 'no uvloop'
      : `uvloop ${pythons.uvloop.uvloop} on Python ${pythons.uvloop.version}`,
    programs.pinning,
  ];
}
