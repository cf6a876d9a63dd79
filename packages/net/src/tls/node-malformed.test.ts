import { type EventLoop, gather } from '@loop/core';
import { isOpenSslSupported, OpenSslContext } from '@loop/posix/internal';
import { describe, expect, it } from 'vitest';
import { collectReports } from '../../test/collect-reports.ts';
import { portOf } from '../../test/in-loop.ts';
import { NativeMemory } from '../../test/native-memory.ts';
import { Recorder } from '../../test/recorder.ts';
import { attack, Dice } from '../../test/tls-attack.ts';
import {
  certificates,
  clientContext,
  inTlsLoop,
  serverContext,
  tlsLoops,
} from '../../test/tls-loops.ts';

// On each backend and in each version: 10,000 in all.
const ATTACKS = 2500;
const ROUND = 500;
const MIB = 1024 * 1024;
const AT_ONCE = 20;

const authority = certificates();
const onNode = tlsLoops.filter(([, , engine]) => engine === 'node');

class Echo extends Recorder {
  override dataReceived(data: Buffer): void {
    this.transport.write(data);
  }
}

// The attackers need an OpenSSL of their own.
describe.skipIf(!isOpenSslSupported()).each(onNode)(
  'malformed TLS, against %s (needs OpenSSL by FFI)',
  (_, makeLoop) => {
    it.each([
      ['1.2', 0x0303],
      ['1.3', 0x0304],
    ])('serves all others, and lets nothing remain, in TLS %s', (_version, version) =>
      inTlsLoop(makeLoop, async (loop) => {
        const reports = collectReports(loop);
        const server = await loop.createServer(() => new Echo(loop), '127.0.0.1', 0, {
          ssl: serverContext(authority.localhost),
        });
        const port = portOf(server);
        const [transport, witness] = await loop.createConnection(
          () => new Recorder(),
          '127.0.0.1',
          port,
          { ssl: clientContext(authority) },
        );
        const context = new OpenSslContext({ role: 'client', maximumVersion: version });
        const memory = new NativeMemory();
        for (let done = 0; done < ATTACKS; done += AT_ONCE) {
          if (done % ROUND === 0) memory.mark();
          await attackAtOnce(loop, port, context, done);
          transport.write(Buffer.from('!'));
          await witness.bytes(done / AT_ONCE + 1);
        }
        expect(witness.size).toBe(ATTACKS / AT_ONCE);
        transport.close();
        expect(await witness.lost).toBe(null);
        server.close();
        // Does not resolve while the server has a connection.
        await server.waitClosed();
        expect(reports).toEqual([]);
        memory.mark();
        // Node has 40 KiB and more for a connection.
        expect(memory.growth).toBeLessThan(6 * MIB);
      }),
    );
  },
);

function attackAtOnce(
  loop: EventLoop,
  port: number,
  context: OpenSslContext,
  seed: number,
): PromiseLike<unknown> {
  const attackers = Array.from({ length: AT_ONCE }, (_, index) =>
    loop.createTask(() => attack(loop, port, context, new Dice(seed + index))),
  );
  return gather(...attackers);
}
