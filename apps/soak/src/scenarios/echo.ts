import { getRunningLoop, timeout } from '@loop/core';
import { openConnection, openUnixConnection, type StreamPair } from '@loop/net';
import type { Random } from '../random.ts';
import { expectBytes, type Scenario, Surprise, type World } from '../scenario.ts';
import { portOf } from '../world.ts';

const MOST = 300_000;

/** Sends, and expects the same back, a few times; then ends in one of the ways there are. */
async function converse([reader, writer]: StreamPair, random: Random): Promise<void> {
  try {
    for (let round = random.integer(1, 5); round > 0; round--) {
      const sent = random.bytes(random.size(MOST));
      if (random.chance(0.3)) {
        const middle = random.integer(0, sent.length);
        writer.writelines([sent.subarray(0, middle), sent.subarray(middle)]);
      } else writer.write(sent);
      await writer.drain();
      expectBytes(await reader.readexactly(sent.length), sent, 'echo');
    }
    if (writer.canWriteEof() && random.chance(0.3)) {
      writer.writeEof();
      const rest = await reader.read();
      if (rest.length > 0) throw new Surprise(`echo: ${rest.length} bytes after the end`);
    }
  } finally {
    if (random.chance(0.3)) writer.transport.abort();
    else writer.close();
  }
  await writer.waitClosed();
}

function echo(
  name: string,
  weight: number,
  open: (world: World) => PromiseLike<StreamPair>,
): Scenario {
  return {
    name,
    weight,
    async run(world, random) {
      await timeout(60, async () => await converse(await open(world), random));
    },
  };
}

export const echoScenarios: readonly Scenario[] = [
  echo('tcp echo', 10, ({ tcpPort }) => openConnection('127.0.0.1', tcpPort)),
  echo('unix echo', 5, ({ unixPath }) => openUnixConnection(unixPath)),
  echo('tls echo', 5, ({ tlsPort, trust }) =>
    openConnection('127.0.0.1', tlsPort, { ssl: trust, serverHostname: 'localhost' }),
  ),
  {
    name: 'connect and vanish',
    weight: 5,
    async run({ tcpPort, tlsPort }, random) {
      const port = random.pick([tcpPort, tlsPort]);
      const [, writer] = await openConnection('127.0.0.1', port);
      if (random.chance(0.7)) writer.write(random.bytes(random.size(2000)));
      writer.transport.abort();
      // That the connection was lost before its end is what this is about.
      await writer.waitClosed().catch(() => undefined);
    },
  },
  {
    name: 'refused',
    weight: 2,
    async run() {
      const server = await getRunningLoop().createServer(() => {
        throw new Surprise('nobody was to connect');
      }, '127.0.0.1');
      const port = portOf(server);
      server.close();
      await server.waitClosed();
      const error = await openConnection('127.0.0.1', port).then(
        ([, writer]) => writer.close(),
        (reason: unknown) => reason,
      );
      // Another scenario may have got the port meanwhile.
      if (error !== undefined && (error as { code?: string }).code !== 'ECONNREFUSED') throw error;
    },
  },
];
