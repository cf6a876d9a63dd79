import { PeerProcess } from '../harness/peer-process.ts';
import { cpuTimeOf, residentMemoryOf } from './cpu-time.ts';
import type { Programs } from './programs.ts';
import type { NetCase, NetPeer, Scenario } from './scenario.ts';

/** How much is measured. */
export interface NetEffort {
  readonly rounds: number;
  /** Seconds that a sample should take. */
  readonly wall: number;
  /** Seconds for which a server is driven before it counts: compilers need some. */
  readonly warmUp: number;
}

export const FULL: NetEffort = { rounds: 7, wall: 0.25, warmUp: 1 };

/** Proves that everything starts, and measures nothing. */
export const QUICK: NetEffort = { rounds: 1, wall: 0, warmUp: 0 };

/** What a peer's rounds came to. */
export interface NetFigures {
  /** Nanoseconds of the server's CPU time for an operation, or bytes for a connection. */
  readonly costs: readonly number[];
  /** Operations per second. */
  readonly rates: readonly number[];
  /** Whether the generator needed more than half of the time, so that the rate is its own. */
  readonly limited: boolean;
}

interface Sample {
  readonly operations: number;
  readonly wall: number;
  /** Of the generator. */
  readonly cpu: number;
}

interface Contestant {
  readonly peer: NetPeer;
  readonly server: PeerProcess;
  readonly generator: PeerProcess;
  /** Operations in a sample. */
  count: number;
  readonly costs: number[];
  readonly rates: number[];
  generatorTime: number;
  serverTime: number;
}

/**
 * Measures a case with all its peers, in alternation: every round drives each server for one sample,
 * so that a busy moment of the machine hits all alike.
 */
export async function measureNetCase(
  scenario: Scenario,
  case_: NetCase,
  peers: readonly NetPeer[],
  programs: Programs,
  effort: NetEffort,
): Promise<ReadonlyMap<NetPeer, NetFigures>> {
  const contestants: Contestant[] = [];
  try {
    for (const peer of peers) {
      if (case_.peers?.includes(peer) === false) continue;
      const contestant = await start(scenario, case_, peer, programs);
      if (contestant === undefined) continue;
      contestants.push(contestant);
      if (case_.unit === 'ns') await calibrate(contestant, effort);
      else await measureMemory(contestant, case_.load.connections);
    }
    for (let round = 0; case_.unit === 'ns' && round < effort.rounds; round += 1) {
      for (const contestant of contestants) await measureTime(contestant);
    }
  } finally {
    await Promise.all(contestants.map(end));
  }
  return new Map(
    contestants.map(({ peer, costs, rates, generatorTime, serverTime }) => [
      peer,
      { costs, rates, limited: generatorTime > serverTime },
    ]),
  );
}

async function start(
  scenario: Scenario,
  { server: args, load }: NetCase,
  peer: NetPeer,
  programs: Programs,
): Promise<Contestant | undefined> {
  const command = programs.server(scenario, peer, [...args, programs.newPath()]);
  if (command === undefined) return undefined;
  const server = await PeerProcess.start(command);
  try {
    const { address } = server.ready as { address: string };
    const generator = await PeerProcess.start(programs.generator(scenario, load, address));
    const count = load.connections;
    return {
      peer,
      server,
      generator,
      count,
      costs: [],
      rates: [],
      generatorTime: 0,
      serverTime: 0,
    };
  } catch (error) {
    await server[Symbol.asyncDispose]();
    throw error;
  }
}

async function end({ server, generator }: Contestant): Promise<void> {
  await generator[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
}

/** Warms a server up, and finds how many operations fill a sample. */
async function calibrate(contestant: Contestant, effort: NetEffort): Promise<void> {
  const { generator } = contestant;
  let warm = 0;
  do {
    const { operations, wall } = await drive(generator, contestant.count);
    warm += wall;
    if (effort.wall > 0) {
      const factor = Math.min(Math.max(effort.wall / wall, 0.1), 10);
      contestant.count = Math.ceil(operations * factor);
    }
  } while (warm < effort.warmUp);
}

async function measureTime(contestant: Contestant): Promise<void> {
  const { server, generator, count, costs, rates } = contestant;
  const before = cpuTimeOf(server.pid);
  const { operations, wall, cpu } = await drive(generator, count);
  const used = cpuTimeOf(server.pid) - before;
  costs.push((used * 1e9) / operations);
  rates.push(operations / wall);
  contestant.generatorTime += cpu;
  contestant.serverTime += used;
}

async function measureMemory(contestant: Contestant, connections: number): Promise<void> {
  const { server, generator, costs } = contestant;
  await server.ask('collect');
  const before = residentMemoryOf(server.pid);
  await drive(generator, connections);
  await server.ask('collect');
  costs.push((residentMemoryOf(server.pid) - before) / connections);
}

async function drive(generator: PeerProcess, count: number): Promise<Sample> {
  return (await generator.ask(String(count))) as Sample;
}
