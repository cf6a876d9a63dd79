import { getRunningLoop, run, sleep, type EventLoop } from '@loop/core';
import {
  AF_INET,
  AF_INET6,
  AI_CANONNAME,
  AI_NUMERICHOST,
  AI_NUMERICSERV,
  AI_PASSIVE,
  IPPROTO_TCP,
  IPPROTO_UDP,
  NI_DGRAM,
  NI_NAMEREQD,
  NI_NUMERICHOST,
  NI_NUMERICSERV,
  OSError,
  ProactorEventLoop,
  Protocol,
  SelectorEventLoop,
  SOCK_DGRAM,
  SOCK_STREAM,
} from '@loop/net';
import { type AddressInfo, SOCK_RAW } from '@loop/posix';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { inLoop } from '../test/in-loop.ts';
import { literalAddress } from './resolve.ts';

/** What `getaddrinfo` of a loop was asked, which then answers `found`. */
function answer(loop: EventLoop, found: AddressInfo[]): unknown[][] {
  const asked: unknown[][] = [];
  loop.getaddrinfo = (...args: unknown[]) => {
    asked.push(args);
    const answered = loop.createFuture<AddressInfo[]>();
    answered.setResult(found);
    return answered;
  };
  return asked;
}

const codeOf = (error: unknown): string => (error as OSError).code;

const resolvers = [
  ['C library', () => new SelectorEventLoop()],
  ['Node', () => new ProactorEventLoop()],
] as const;

describe.each(resolvers)('loop.getaddrinfo by the resolver of %s', (_, makeLoop) => {
  const withLoop = <T>(body: (loop: EventLoop) => Promise<T>): Promise<T> =>
    run(() => body(getRunningLoop()), { loopFactory: makeLoop });

  it('DNS-001 DNS-003 DNS-004 DNS-005 resolves as the system does', async () => {
    await withLoop(async (loop) => {
      const type = SOCK_STREAM;
      expect(await loop.getaddrinfo('127.0.0.1', 'http', { type })).toEqual([
        [AF_INET, type, IPPROTO_TCP, '', ['127.0.0.1', 80]],
      ]);
      expect(await loop.getaddrinfo('::1', null, { type: SOCK_DGRAM })).toEqual([
        [AF_INET6, SOCK_DGRAM, IPPROTO_UDP, '', ['::1', 0, 0, 0]],
      ]);
      const every = { type, family: AF_INET, flags: AI_PASSIVE };
      expect(await loop.getaddrinfo(null, 5, every)).toEqual([
        [AF_INET, type, IPPROTO_TCP, '', ['0.0.0.0', 5]],
      ]);
      const types = (await loop.getaddrinfo('127.0.0.1', 80)).map(([, each]) => each);
      expect(types).toContain(SOCK_STREAM);
      expect(types).toContain(SOCK_DGRAM);
    });
  });

  it('DNS-002 lets the loop go on meanwhile, and can be cancelled', async () => {
    await withLoop(async (loop) => {
      let turns = 0;
      const turn = (): void => {
        turns += 1;
        loop.callSoon(turn);
      };
      loop.callSoon(turn);
      await loop.getaddrinfo('localhost', 80);
      expect(turns).toBeGreaterThan(0);
      const pending = loop.createTask(() => loop.getaddrinfo('localhost', 80));
      await sleep(0);
      pending.cancel();
      await expect(pending).rejects.toThrow('');
      expect(pending.cancelled()).toBe(true);
    });
  });

  it('DNS-003 DNS-006 rejects with the error of the resolver', async () => {
    await withLoop(async (loop) => {
      const failures: Array<[unknown, unknown, object?]> = [
        [null, null],
        ['no such host.invalid', 80],
        ['localhost', 80, { flags: AI_NUMERICHOST }],
        ['::1', 80, { family: AF_INET }],
        ['127.0.0.1', 'no-such-service'],
      ];
      const codes: string[] = [];
      for (const [host, port, options] of failures) {
        const error = await loop.getaddrinfo(host as never, port as never, options as never).then(
          () => null,
          (reason: unknown) => reason,
        );
        expect(error).toBeInstanceOf(OSError);
        codes.push(codeOf(error));
      }
      expect(codes.slice(0, 3)).toEqual(['ENOTFOUND', 'ENOTFOUND', 'ENOTFOUND']);
      expect(['EAI_ADDRFAMILY', 'ENOTFOUND']).toContain(codes[3]);
      expect(codes[4]).toBe('EAI_SERVICE');
    });
  });

  it('CONN-014 refuses ports that there are not, and other bad arguments', async () => {
    await withLoop(async (loop) => {
      await expect(loop.getaddrinfo('localhost', 65536)).rejects.toThrow(RangeError);
      await expect(loop.getaddrinfo('localhost', '-1')).rejects.toThrow(
        'from 0 to 65535, got "-1"',
      );
      await expect(loop.getaddrinfo('localhost', 1.5)).rejects.toThrow('an integer, got 1.5');
      await expect(loop.getaddrinfo('localhost', true as never)).rejects.toThrow(TypeError);
      await expect(loop.getaddrinfo(5 as never, 80)).rejects.toThrow('host');
      await expect(loop.getaddrinfo('127.0.0.1', 80, { flags: 1 << 20 })).rejects.toMatchObject({
        code: 'EAI_BADFLAGS',
      });
      await expect(loop.getaddrinfo('localhost', 1, { kind: 2 } as never)).rejects.toThrow(
        'getaddrinfo() has no option "kind"',
      );
    });
  });

  it('DNS-012 tells of each look-up in debug mode, louder of a slow one', async () => {
    const quiet = vi.spyOn(console, 'debug').mockImplementation(() => {});
    const loud = vi.spyOn(console, 'info').mockImplementation(() => {});
    vi.spyOn(console, 'error').mockImplementation(() => {});
    await withLoop(async (loop) => {
      loop.setDebug(true);
      loop.slowCallbackDuration = 1000;
      await loop.getaddrinfo('127.0.0.1', 80, { type: SOCK_STREAM });
      loop.slowCallbackDuration = 0;
      await loop.getaddrinfo('127.0.0.1', 80, { type: SOCK_STREAM });
      loop.slowCallbackDuration = 1000;
    });
    const text = expect.stringMatching(
      /^Getting address info \('127\.0\.0\.1', 80\) took [\d.]+ms: \[\('127\.0\.0\.1', 80\)\]$/,
    ) as string;
    expect(quiet.mock.calls).toEqual([[text]]);
    expect(loud.mock.calls).toContainEqual([text]);
  });

  afterEach(() => {
    vi.restoreAllMocks();
  });
});

describe.each(resolvers)('loop.getnameinfo by the resolver of %s', (_, makeLoop) => {
  const withLoop = <T>(body: (loop: EventLoop) => Promise<T>): Promise<T> =>
    run(() => body(getRunningLoop()), { loopFactory: makeLoop });

  it('DNS-007 names host and service', async () => {
    await withLoop(async (loop) => {
      const numeric = NI_NUMERICHOST | NI_NUMERICSERV;
      expect(await loop.getnameinfo(['127.0.0.1', 80], numeric)).toEqual(['127.0.0.1', '80']);
      expect(await loop.getnameinfo(['::1', 80, 0, 0], numeric)).toEqual(['::1', '80']);
      expect(await loop.getnameinfo(['127.0.0.1', 80], NI_NUMERICHOST)).toEqual([
        '127.0.0.1',
        'http',
      ]);
      const refusals = [
        loop.getnameinfo(['localhost', 80]),
        loop.getnameinfo(['192.0.2.1', 80], NI_NAMEREQD),
      ];
      for (const refusal of refusals) {
        await expect(refusal.then(() => 'named', codeOf)).resolves.toMatch(/ENOTFOUND|EAI_/);
      }
      await expect(loop.getnameinfo(5 as never)).rejects.toThrow(TypeError);
      await expect(loop.getnameinfo(['127.0.0.1', 80], 1 << 20)).rejects.toMatchObject({
        code: 'EAI_BADFLAGS',
      });
      await expect(loop.getnameinfo(['::1', 1], 'x' as never)).rejects.toThrow('flags');
    });
  });
});

describe('the numeric shortcut', () => {
  it('DNS-008 DNS-009 takes literal addresses as resolved', () => {
    const stream = { type: SOCK_STREAM };
    const v4 = [AF_INET, SOCK_STREAM, IPPROTO_TCP, '', ['1.2.3.4', 1]];
    expect(literalAddress('1.2.3.4', 1, stream)).toEqual(v4);
    expect(literalAddress('1.2.3.4', 1, { ...stream, family: AF_INET })).toEqual(v4);
    expect(literalAddress('1.2.3.4', 1, { ...stream, proto: IPPROTO_TCP })).toEqual(v4);
    expect(literalAddress('1.2.3.4', 1, { type: SOCK_DGRAM })).toEqual([
      AF_INET,
      SOCK_DGRAM,
      IPPROTO_UDP,
      '',
      ['1.2.3.4', 1],
    ]);
    expect(literalAddress('::3', 1, stream)).toEqual([
      AF_INET6,
      SOCK_STREAM,
      IPPROTO_TCP,
      '',
      ['::3', 1, 0, 0],
    ]);
    expect(literalAddress('1.2.3.4', 1, {})).toBeNull();
    expect(literalAddress('1.2.3.4', 1, { ...stream, proto: 255 })).toBeNull();
    expect(literalAddress('1.2.3', 1, stream)).toBeNull();
  });

  it('DNS-010 takes ports as numbers, text or bytes, and leaves the rest to the resolver', () => {
    const stream = { type: SOCK_STREAM };
    const portOf = (port: never): unknown => literalAddress('1.2.3.4', port, stream)?.[4][1];
    const ports = [1, '1', Buffer.from('1'), null, undefined, '', Buffer.from('')];
    expect(ports.map((port) => portOf(port as never))).toEqual([1, 1, 1, 0, 0, 0, 0]);
    expect(literalAddress(Buffer.from('1.2.3.4'), 1, stream)?.[4]).toEqual(['1.2.3.4', 1]);
    expect(literalAddress('1.2.3.4', 'http', stream)).toBeNull();
    expect(literalAddress(null, 1, stream)).toBeNull();
    expect(literalAddress('fe80::1%1', 1, stream)).toBeNull();
    expect(literalAddress('::1', 1, { ...stream, family: AF_INET })).toBeNull();
    expect(literalAddress('1.2.3.4', 1, { ...stream, family: AF_INET6 })).toBeNull();
  });

  it.each(resolvers)(
    'DNS-008 DNS-011 asks the method of the loop for names only (%s)',
    async (_, makeLoop) => {
      await inLoop(makeLoop, async (loop) => {
        await using server = await loop.createServer(() => new Protocol(), '127.0.0.1', 0);
        const [, port] = server.sockets[0]!.getsockname() as [string, number];
        const found: AddressInfo[] = [[AF_INET, SOCK_STREAM, IPPROTO_TCP, '', ['127.0.0.1', port]]];
        const asked = answer(loop, found);
        const [direct] = await loop.createConnection(() => new Protocol(), '127.0.0.1', port);
        direct.abort();
        expect(asked).toEqual([]);
        const [named] = await loop.createConnection(() => new Protocol(), 'somewhere.test', 7);
        named.abort();
        expect(asked.map(([host, number]) => [host, number])).toEqual([['somewhere.test', 7]]);
        found[0]![4] = ['127.0.0.1', 0];
        await using second = await loop.createServer(() => new Protocol(), 'elsewhere.test', 7);
        expect(second.sockets).toHaveLength(1);
        expect(asked.map(([host]) => host)).toEqual(['somewhere.test', 'elsewhere.test']);
      });
    },
  );
});

/** What each resolver says to each question. */
function answersTo<Q>(
  questions: readonly Q[],
  ask: (loop: EventLoop, question: Q) => PromiseLike<unknown>,
): Promise<unknown[][]> {
  const asked = (loop: EventLoop): Promise<unknown[]> =>
    Promise.all(
      questions.map(async (question) => {
        try {
          return await ask(loop, question);
        } catch (error) {
          return [(error as Error).name, codeOf(error)];
        }
      }),
    );
  return Promise.all(resolvers.map(([, makeLoop]) => inLoop(makeLoop, asked)));
}

describe.skipIf(process.platform !== 'linux')('the resolver of Node', () => {
  it('DNS-001 gives what that of the C library gives', async () => {
    const questions: Array<Parameters<EventLoop['getaddrinfo']>> = [
      ['localhost', 80],
      ['127.0.0.1', '80', { flags: AI_CANONNAME }],
      ['localhost', 'domain', { family: AF_INET }],
      ['::1', 'http'],
      [Buffer.from('127.0.0.1'), Buffer.from('5')],
      ['127.0.0.1', 9, { type: SOCK_RAW, proto: 1 }],
      ['127.0.0.1', null, { type: SOCK_RAW, proto: 1 }],
      [null, 80],
      [null, 80, { flags: AI_PASSIVE }],
      [null, 'ssh', { type: SOCK_STREAM, flags: AI_PASSIVE, family: AF_INET6 }],
      ['', 80],
      ['no-such-host.invalid', 80],
      ['127.0.0.1', 80, { family: AF_INET6 }],
      ['127.0.0.1', 80, { family: 77 }],
      ['127.0.0.1', 80, { type: SOCK_STREAM, proto: IPPROTO_UDP }],
      ['127.0.0.1', 'no-such-service'],
      ['127.0.0.1', 'http', { flags: AI_NUMERICSERV }],
      ['localhost', 80, { flags: AI_NUMERICHOST }],
      ['b\u00fccher.invalid', 80],
      ['a\0b', 80],
      [null, null],
    ];
    const [library, node] = await answersTo(questions, (loop, question) =>
      loop.getaddrinfo(...question),
    );
    expect(node).toEqual(library);
  });

  it('DNS-007 gives the names that the C library gives', async () => {
    const questions: Array<Parameters<EventLoop['getnameinfo']>> = [
      [['127.0.0.1', 80]],
      [['127.0.0.1', 53], NI_DGRAM],
      [['127.0.0.1', 1]],
      [['::1', 65000]],
      [['192.0.2.1', 80]],
      [['192.0.2.1', 80], NI_NAMEREQD],
      [['127.0.0.1', 80], NI_NUMERICHOST | NI_NUMERICSERV],
      [['localhost', 80]],
    ];
    const [library, node] = await answersTo(questions, (loop, question) =>
      loop.getnameinfo(...question),
    );
    expect(node).toEqual(library);
  });
});
