import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { promisify } from 'node:util';
import {
  DatagramProtocol,
  type DatagramTransport,
  Protocol,
  type SocketAddress,
  type Transport,
} from '@loop/net';
import { describe, expect, it } from 'vitest';
import { inLoop, portOf } from '../../test/in-loop.ts';
import { isInstalled } from '../../test/is-installed.ts';
import { backends } from '../../test/backends.ts';

const execute = promisify(execFile);
const lacks = (program: string): boolean => !isInstalled(program);

/** Upper case for every line: no data comes back as it was sent. */
class Shout extends Protocol {
  transport!: Transport;

  override connectionMade(transport: Transport): void {
    this.transport = transport;
  }

  override dataReceived(data: Buffer): void {
    this.transport.write(Buffer.from(data.toString().toUpperCase()));
  }
}

/** HTTP/1.1 for GET, HEAD and POST, just so much as a test needs. */
class Http extends Protocol {
  transport!: Transport;
  #received = Buffer.alloc(0);

  override connectionMade(transport: Transport): void {
    this.transport = transport;
  }

  override dataReceived(data: Buffer): void {
    this.#received = Buffer.concat([this.#received, data]);
    for (let end = this.#headEnd(); end >= 0; end = this.#headEnd()) {
      const head = this.#received.toString('latin1', 0, end);
      const length = Number(/^content-length: *(\d+)/im.exec(head)?.[1] ?? 0);
      if (this.#received.length < end + length) return;
      const body = this.#received.subarray(end, end + length);
      this.#received = this.#received.subarray(end + length);
      this.#answer(head.split(' ')[0]!, head.split(' ')[1]!, body);
    }
  }

  #headEnd(): number {
    const at = this.#received.indexOf('\r\n\r\n');
    return at < 0 ? -1 : at + 4;
  }

  #answer(method: string, path: string, body: Buffer): void {
    const content =
      path === '/big'
        ? Buffer.alloc(5 << 20, 'b')
        : Buffer.from(`${method} ${path} ${body.toString()}`);
    const head = `HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: ${content.length}\r\n\r\n`;
    this.transport.writelines([Buffer.from(head), ...(method === 'HEAD' ? [] : [content])]);
  }
}

/** Answers every question for an A record with 192.0.2.7. */
class Names extends DatagramProtocol {
  #transport!: DatagramTransport;

  override connectionMade(transport: DatagramTransport): void {
    this.#transport = transport;
  }

  override datagramReceived(query: Buffer, address: SocketAddress): void {
    let end = 12;
    while (query[end] !== 0) end += query[end]! + 1;
    const question = query.subarray(12, end + 5);
    const head = Buffer.from(query.subarray(0, 12));
    head.writeUInt16BE(0x8180, 2);
    head.writeUInt16BE(1, 4);
    head.writeUInt16BE(1, 6);
    head.writeUInt32BE(0, 8);
    const answer = Buffer.from('c00c000100010000003c0004c0000207', 'hex');
    this.#transport.sendto(Buffer.concat([head, question, answer]), address);
  }
}

/** What `program` prints when it is given `input`. */
async function talk(program: string, args: string[], input: string): Promise<string> {
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  child.stdin.end(input);
  await once(child, 'close');
  return Buffer.concat(chunks).toString();
}

describe.each(backends)('programs of others, with %s', (_, makeLoop) => {
  const serving = (make: () => Protocol, body: (port: number) => Promise<void>): Promise<void> =>
    inLoop(makeLoop, async (loop) => {
      await using server = await loop.createServer(make, '127.0.0.1', 0);
      await body(portOf(server));
    });

  it.skipIf(lacks('nc'))('nc is answered (needs netcat)', async () => {
    await serving(
      () => new Shout(),
      async (port) => {
        expect(await talk('nc', ['-N', '127.0.0.1', String(port)], 'by netcat\n')).toBe(
          'BY NETCAT\n',
        );
      },
    );
  });

  it.skipIf(lacks('socat'))('socat is answered (needs socat)', async () => {
    await serving(
      () => new Shout(),
      async (port) => {
        expect(await talk('socat', ['-', `TCP:127.0.0.1:${port}`], 'by socat\n')).toBe(
          'BY SOCAT\n',
        );
      },
    );
  });

  it.skipIf(lacks('curl'))(
    'curl is served, on one connection and with much data (needs curl)',
    async () => {
      await serving(
        () => new Http(),
        async (port) => {
          const url = `http://127.0.0.1:${port}`;
          const quiet = ['--silent', '--show-error', '--noproxy', '*'];
          const report = ['--write-out', ' %{http_code} %{num_connects}\n'];
          const two = await execute('curl', [...quiet, ...report, `${url}/one`, `${url}/two`]);
          expect(two.stdout).toBe('GET /one  200 1\nGET /two  200 0\n');
          const posted = await execute('curl', [...quiet, '--data', 'a=b', `${url}/form`]);
          expect(posted.stdout).toBe('POST /form a=b');
          const big = await execute('curl', [...quiet, `${url}/big`], { maxBuffer: 6 << 20 });
          expect(big.stdout).toBe('b'.repeat(5 << 20));
        },
      );
    },
  );

  it.skipIf(lacks('dig'))('dig gets its answer by datagram (needs dig)', async () => {
    await inLoop(makeLoop, async (loop) => {
      const [transport] = await loop.createDatagramEndpoint(() => new Names(), {
        localAddr: ['127.0.0.1', 0],
      });
      const [, port] = transport.getExtraInfo('sockname') as [string, number];
      const args = ['@127.0.0.1', '-p', String(port), '+short', '+tries=1', 'some.name.test', 'A'];
      expect((await execute('dig', args)).stdout).toBe('192.0.2.7\n');
      transport.close();
    });
  });
});
