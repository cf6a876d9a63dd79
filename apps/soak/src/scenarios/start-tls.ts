import { timeout } from '@loop/core';
import {
  openConnection,
  OSError,
  startServer,
  type StreamReader,
  type StreamWriter,
} from '@loop/net';
import { expectBytes, type Scenario, Surprise, type World } from '../scenario.ts';
import { portOf } from '../world.ts';

const MOST = 100_000;

/** Starts TLS when it is asked to, then says back what it gets. */
async function serve(world: World, reader: StreamReader, writer: StreamWriter): Promise<void> {
  try {
    await reader.readline();
    await writer.startTls(world.identity);
    for (;;) {
      const data = await reader.read(65536);
      if (data.length === 0) break;
      writer.write(data);
      await writer.drain();
    }
  } catch (error) {
    // The client may vanish at any time.
    if (!(error instanceof OSError)) throw error;
  } finally {
    writer.close();
  }
}

export const startTlsScenarios: readonly Scenario[] = [
  {
    name: 'start tls',
    weight: 4,
    async run(world, random) {
      const server = await startServer(
        (reader, writer) => serve(world, reader, writer),
        '127.0.0.1',
        0,
      );
      try {
        await timeout(60, async () => {
          const [reader, writer] = await openConnection('127.0.0.1', portOf(server));
          try {
            const slipped = random.chance(0.2);
            writer.write(Buffer.from(slipped ? 'STARTTLS\nnothing secured\n' : 'STARTTLS\n'));
            const failure = await writer
              .startTls(world.trust, { serverHostname: 'localhost' })
              .then(
                () => null,
                (error: unknown) => error,
              );
            if (slipped !== (failure !== null)) {
              throw slipped ? new Surprise('plaintext was taken for TLS') : failure;
            }
            if (slipped) return;
            const sent = random.bytes(random.size(MOST));
            writer.write(sent);
            expectBytes(await reader.readexactly(sent.length), sent, 'start tls');
          } finally {
            if (random.chance(0.3)) writer.transport.abort();
            else writer.close();
          }
        });
      } finally {
        server.close();
        server.abortClients();
      }
      await server.waitClosed();
    },
  },
];
