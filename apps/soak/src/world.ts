import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getRunningLoop } from '@loop/core';
import { ProcessPoolExecutor, ThreadPoolExecutor } from '@loop/executor';
import {
  createDefaultContext,
  DatagramProtocol,
  type DatagramTransport,
  Protocol,
  type Server,
  type SocketAddress,
  type Transport,
} from '@loop/net';
import type { World } from './scenario.ts';

class Echo extends Protocol {
  #transport: Transport | null = null;

  override connectionMade(transport: Transport): void {
    this.#transport = transport;
  }

  override dataReceived(data: Buffer): void {
    this.#transport?.write(data);
  }

  // Who does not read what it is sent is not read from either.
  override pauseWriting(): void {
    this.#transport?.pauseReading();
  }

  override resumeWriting(): void {
    this.#transport?.resumeReading();
  }
}

class EchoDatagrams extends DatagramProtocol {
  #transport: DatagramTransport | null = null;

  override connectionMade(transport: DatagramTransport): void {
    this.#transport = transport;
  }

  override datagramReceived(data: Buffer, address: SocketAddress): void {
    this.#transport?.sendto(data, address);
  }
}

/** Starts the servers and pools, runs `body`, and ends them all. */
export async function withWorld<T>(body: (world: World) => Promise<T>): Promise<T> {
  const loop = getRunningLoop();
  const folder = mkdtempSync(join(tmpdir(), 'loop-soak-'));
  const unixPath = join(folder, 'echo.sock');
  const cleanUp: (() => unknown)[] = [() => rmSync(folder, { recursive: true, force: true })];
  const started = <S extends Server>(server: S): S => {
    cleanUp.push(
      () => server.abortClients(),
      () => server.close(),
    );
    return server;
  };
  try {
    const { certfile, keyfile } = makeCertificate(folder);
    const ssl = createDefaultContext({ purpose: 'CLIENT_AUTH', certfile, keyfile });
    const echo = (): Echo => new Echo();
    const tcp = started(await loop.createServer(echo, '127.0.0.1', 0));
    const tls = started(await loop.createServer(echo, '127.0.0.1', 0, { ssl }));
    started(await loop.createUnixServer(echo, unixPath));
    const [endpoint] = await loop.createDatagramEndpoint(() => new EchoDatagrams(), {
      localAddr: ['127.0.0.1', 0],
    });
    cleanUp.push(() => endpoint.close());
    const threads = new ThreadPoolExecutor({ maxWorkers: 2 });
    cleanUp.push(() => threads.shutdown());
    const processes = new ProcessPoolExecutor({ maxWorkers: 1 });
    cleanUp.push(() => processes.shutdown());
    return await body({
      loop,
      folder,
      tcpPort: portOf(tcp),
      tlsPort: portOf(tls),
      unixPath,
      udpPort: (endpoint.getExtraInfo('sockname') as [string, number])[1],
      identity: ssl,
      trust: createDefaultContext({ cafile: certfile }),
      threads,
      processes,
    });
  } finally {
    for (const step of cleanUp.toReversed()) await step();
  }
}

/** The port on which a server listens. */
export function portOf(server: Server): number {
  const [, port] = server.sockets[0]!.getsockname() as [string, number];
  return port;
}

function makeCertificate(folder: string): { certfile: string; keyfile: string } {
  const certfile = join(folder, 'certificate.pem');
  const keyfile = join(folder, 'key.pem');
  const words =
    'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -noenc -days 3 -subj /CN=localhost';
  const names = ['-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
  const files = ['-keyout', keyfile, '-out', certfile];
  execFileSync('openssl', [...words.split(' '), ...names, ...files], { stdio: 'ignore' });
  return { certfile, keyfile };
}
