import { readFileSync } from 'node:fs';
import { type EventLoop, gather } from '@loop/core';
import type { Server, SSLContext } from '@loop/net';
import { OSError } from '@loop/posix';
import { isOpenSslSupported, OpenSslContext } from '@loop/posix/internal';
import { describe, expect, it } from 'vitest';
import { collectReports } from '../../test/collect-reports.ts';
import { portOf } from '../../test/in-loop.ts';
import { NativeMemory } from '../../test/native-memory.ts';
import { Recorder } from '../../test/recorder.ts';
import { Attacker, Dice } from '../../test/tls-attack.ts';
import {
  certificates,
  clientContext,
  inTlsLoop,
  serverContext,
  tlsLoops,
} from '../../test/tls-loops.ts';

const ATTACKS = 1000;
const AT_ONCE = 20;
const ROUND = 200;
const MIB = 1024 * 1024;

const authority = certificates();
const client = clientContext(authority);
const { certfile, keyfile } = authority.localhost;

/** Answers with what it gets, so that the peer goes on until it attacks. */
class Echo extends Recorder {
  override connectionMade(transport: Recorder['transport']): void {
    super.connectionMade(transport);
    transport.write(Buffer.from('hello'));
  }

  override dataReceived(data: Buffer): void {
    this.transport.write(data);
  }
}

// The attackers need an OpenSSL of their own.
describe.skipIf(!isOpenSslSupported()).each(tlsLoops)(
  'a malicious TLS server, against a client of %s (needs OpenSSL by FFI)',
  (_, makeLoop) => {
    it.each([
      ['1.2', 0x0303],
      ['1.3', 0x0304],
    ])('ends its own connection only, in TLS %s', (_version, version) =>
      inTlsLoop(makeLoop, async (loop) => {
        const reports = collectReports(loop);
        const honest = await loop.createServer(() => new Echo(loop), '127.0.0.1', 0, {
          ssl: serverContext(authority.localhost),
        });
        const context = new OpenSslContext({
          role: 'server',
          maximumVersion: version,
          chains: [{ certificates: readFileSync(certfile), key: readFileSync(keyfile) }],
        });
        let seed = 0;
        const hostile = await loop.createServer(
          () => new Attacker(context, new Dice((seed += 1)), 'server', loop),
          '127.0.0.1',
          0,
        );
        const witness = await connect(loop, honest, new Recorder(), client);
        await witness.bytes(5);
        const outcomes = new Outcomes();
        const memory = new NativeMemory();
        for (let done = 0; done < ATTACKS; done += AT_ONCE) {
          if (done % ROUND === 0) memory.mark();
          const victims = Array.from({ length: AT_ONCE }, () =>
            loop.createTask(() => visit(loop, hostile, outcomes)),
          );
          await gather(...victims);
          witness.transport.write(Buffer.from('!'));
          await witness.bytes(5 + done / AT_ONCE + 1);
        }
        expect(outcomes.strange).toEqual([]);
        expect(outcomes.refused + outcomes.lost).toBe(ATTACKS);
        // Both the handshake and what follows it have been attacked.
        expect(outcomes.refused).toBeGreaterThan(100);
        expect(outcomes.lost).toBeGreaterThan(100);
        witness.transport.close();
        expect(await witness.lost).toBe(null);
        for (const server of [honest, hostile]) {
          server.close();
          // Does not resolve while the server has a connection.
          await server.waitClosed();
        }
        expect(reports).toEqual([]);
        memory.mark();
        // Were each connection lost, it would be 10 MiB; the process still warms up in the first rounds.
        expect(memory.growth).toBeLessThan(5 * MIB);
      }),
    );
  },
);

async function connect<P extends Recorder>(
  loop: EventLoop,
  server: Server,
  protocol: P,
  ssl: SSLContext,
): Promise<P> {
  await loop.createConnection(() => protocol, '127.0.0.1', portOf(server), {
    ssl,
    serverHostname: 'localhost',
  });
  return protocol;
}

/** How the connections of many clients have ended. */
class Outcomes {
  refused = 0;
  lost = 0;
  /** Errors that are neither the system's nor TLS's. */
  readonly strange: unknown[] = [];

  check(error: unknown): void {
    if (!(error instanceof OSError)) this.strange.push(error);
  }
}

/** Connects to a server that attacks, and waits for the end of it. */
async function visit(loop: EventLoop, hostile: Server, outcomes: Outcomes): Promise<void> {
  const victim = new Echo(loop);
  try {
    await connect(loop, hostile, victim, client);
  } catch (error) {
    outcomes.check(error);
    outcomes.refused += 1;
    return;
  }
  const error = await victim.lost;
  if (error !== null) outcomes.check(error);
  outcomes.lost += 1;
}
