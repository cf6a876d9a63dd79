// What the protocols of both ends hear of connections over TLS, and in which order.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type EventLoop, type Future, gather, newEventLoop, RuntimeError } from '@loop/core';
import {
  createDefaultContext,
  OSError,
  Protocol,
  type SSLContext,
  SSLCertVerificationError,
  type SSLInfo,
  type Transport,
} from '@loop/net';
import { className, type Print } from '../../src/print.ts';
import { inAsyncFunction, inGenerator, type InStyle, type Steps } from '../../src/two-styles.ts';

const KEY = '-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=localhost -days 2';

export async function generator(print: Print): Promise<void> {
  await program(print, inGenerator);
}

export async function asynchronous(print: Print): Promise<void> {
  await program(print, inAsyncFunction);
}

class Log extends Protocol {
  readonly events: string[] = [];
  size = 0;
  readonly keep: boolean;
  readonly fails: string;
  closed = false;
  transport!: Transport;
  readonly lost: Future<void>;
  readonly made: Future<void>;
  readonly some: Future<void>;

  constructor(loop: EventLoop, { keep = false, fails = '' } = {}) {
    super();
    this.keep = keep;
    this.fails = fails;
    this.lost = loop.createFuture();
    this.made = loop.createFuture();
    this.some = loop.createFuture();
  }

  event(name: string): void {
    this.events.push(name);
    if (name === this.fails) throw new RuntimeError(name);
  }

  override connectionMade(transport: Transport): void {
    this.transport = transport;
    this.made.setResult();
    this.event('made');
  }

  override dataReceived(data: Buffer): void {
    this.size += data.length;
    if (!this.some.done()) this.some.setResult();
    if (this.events.at(-1) !== 'data') this.event('data');
  }

  override eofReceived(): boolean {
    // Whether one hears of the peer's end after one's own is no part of this.
    if (!this.closed) this.event('eof');
    return this.keep;
  }

  override connectionLost(error: Error | null): void {
    this.events.push(`lost ${nameOf(error)}`);
    this.lost.setResult();
  }

  close(): void {
    this.closed = true;
    this.transport.close();
  }
}

async function program(print: Print, inStyle: InStyle): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'tls-events-'));
  const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
  const names = ['-addext', 'subjectAltName=DNS:localhost', '-keyout', key, '-out', cert];
  execFileSync('openssl', ['req', '-x509', ...KEY.split(' '), ...names], { stdio: 'pipe' });
  const serverContext = createDefaultContext({
    purpose: 'CLIENT_AUTH',
    certfile: cert,
    keyfile: key,
  });
  const clientContext = createDefaultContext({ cafile: cert });
  rmSync(folder, { recursive: true });
  const loop: EventLoop = newEventLoop();
  loop.setExceptionHandler((_, { message, exception }) =>
    print('report', message, (exception as Error).message),
  );
  const { warn } = console;
  console.warn = () => {};
  try {
    await loop.runUntilComplete(inStyle(() => main(loop, print, serverContext, clientContext)));
  } finally {
    console.warn = warn;
    loop.close();
  }
}

function* main(
  loop: EventLoop,
  print: Print,
  serverContext: SSLContext,
  clientContext: SSLContext,
): Steps {
  const secured = { ssl: clientContext, serverHostname: 'localhost' };

  function* pair(near: Log, far: Log, secure = true): Steps {
    const ssl = secure ? serverContext : null;
    const server = yield loop.createServer(() => far, '127.0.0.1', 0, { ssl });
    const [, port] = server.sockets[0].getsockname();
    yield loop.createConnection(() => near, '127.0.0.1', port, secure ? secured : {});
    yield far.made;
    server.close();
  }

  function* gone(what: string, near: Log, far: Log): Steps {
    yield near.lost;
    yield far.lost;
    print(what, near.events, far.events, near.size, far.size);
  }

  function* regular(): Steps {
    const [near, far] = [new Log(loop), new Log(loop)];
    yield* pair(near, far);
    const { transport } = near;
    print(near.events, transport.canWriteEof(), tuple(transport.getWriteBufferLimits()));
    const cipher = transport.getExtraInfo('cipher') as [string, string, number];
    print((transport.getExtraInfo('ssl_object') as SSLInfo).version(), tuple(cipher.slice(1)));
    print(
      transport.getExtraInfo('sslcontext') === clientContext,
      far.transport.getExtraInfo('peercert'),
    );
    transport.write(Buffer.alloc(1000, 'x'));
    yield far.some;
    far.transport.write(Buffer.from('y'));
    yield near.some;
    near.close();
    yield* gone('client closes', near, far);
  }

  function* flushed(): Steps {
    const [near, far] = [new Log(loop), new Log(loop)];
    yield* pair(near, far);
    far.transport.setWriteBufferLimits(100);
    print(tuple(far.transport.getWriteBufferLimits()));
    far.transport.write(Buffer.alloc(1000000, 'z'));
    far.close();
    yield* gone('server sends all, and closes', near, far);
  }

  function* kept(): Steps {
    const [near, far] = [new Log(loop), new Log(loop, { keep: true })];
    yield* pair(near, far);
    near.close();
    yield* gone('cannot be kept open', near, far);
  }

  function* aborted(): Steps {
    const [near, far] = [new Log(loop), new Log(loop)];
    yield* pair(near, far);
    far.transport.write(Buffer.from('x'));
    yield near.some;
    near.transport.abort();
    print(near.transport.isClosing());
    yield* gone('client aborts', near, far);
  }

  function* throwing(where: string): Steps {
    const [near, far] = [new Log(loop), new Log(loop, { fails: where })];
    yield* pair(near, far);
    near.transport.write(Buffer.from('x'));
    if (where === 'eof') near.close();
    yield* gone(`${where} throws`, near, far);
  }

  function* refused(): Steps {
    const [near, far] = [new Log(loop), new Log(loop)];
    const server = yield loop.createServer(() => far, '127.0.0.1', 0, { ssl: serverContext });
    const [, port] = server.sockets[0].getsockname();
    try {
      yield loop.createConnection(() => near, '127.0.0.1', port, {
        ssl: clientContext,
        serverHostname: 'example.org',
      });
    } catch (error) {
      if (!(error instanceof SSLCertVerificationError)) throw error;
      print('refused', error.reason, error.verifyCode, error.verifyMessage);
    }
    server.close();
    print(near.events, far.events);
  }

  function* upgraded(): Steps {
    const [near, far] = [new Log(loop), new Log(loop)];
    yield* pair(near, far, false);
    const plain = near.transport;
    near.transport.write(Buffer.from('plain'));
    yield far.some;
    [near.transport, far.transport] = yield gather(
      loop.startTls(near.transport, near, clientContext, { serverHostname: 'localhost' }),
      loop.startTls(far.transport, far, serverContext, { serverSide: true }),
    );
    print(
      near.events,
      near.transport === plain,
      near.transport.getProtocol() === near,
      plain.getProtocol() === near,
    );
    far.transport.write(Buffer.from('secured'));
    yield near.some;
    near.close();
    yield* gone('upgraded', near, far);
  }

  function* notUpgraded(): Steps {
    const [near, far] = [new Log(loop), new Log(loop)];
    yield* pair(near, far, false);
    const results: unknown[] = yield gather(
      loop.startTls(near.transport, near, clientContext, { serverHostname: 'example.org' }),
      loop.startTls(far.transport, far, serverContext, { serverSide: true }),
      { returnExceptions: true },
    );
    print(className(results[0]), results[1] instanceof OSError);
    yield near.lost;
    print(near.events);
  }

  yield* regular();
  yield* flushed();
  yield* kept();
  yield* aborted();
  yield* throwing('data');
  yield* throwing('eof');
  yield* refused();
  yield* upgraded();
  yield* notUpgraded();
}

/** Python's name of the class. */
function nameOf(error: Error | null): string {
  if (error === null) return 'NoneType';
  const { code } = error as Partial<OSError>;
  return code === 'ECONNRESET' ? 'ConnectionResetError' : error.name;
}

/** As Python prints a tuple. */
function tuple(values: readonly unknown[]): string {
  return `(${values.map((value) => (typeof value === 'string' ? `'${value}'` : String(value))).join(', ')})`;
}
