import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { EventLoop, newEventLoop, run, sleep } from '@loop/core';
import {
  DatagramProtocol,
  ProactorEventLoop,
  Protocol,
  SelectorEventLoop,
  type Server,
  socketpair,
} from '@loop/net';
import { isSupported } from '@loop/posix';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { inLoop, portOf } from '../../test/in-loop.ts';
import { openSockets } from '../../test/open-sockets.ts';
import { Recorder } from '../../test/recorder.ts';
import { nodeHandles } from './node-handles.ts';

describe('the backend of a loop', () => {
  it('SEL-012 SEL-013 CLS-005 CLS-006 is that of its class, and of a plain loop the better one', async () => {
    using selector = new SelectorEventLoop();
    using proactor = new ProactorEventLoop();
    using plain = new EventLoop();
    using made = newEventLoop();
    const better = isSupported() ? 'selector' : 'proactor';
    expect([selector.backend, proactor.backend, plain.backend, made.backend]).toEqual([
      'selector',
      'proactor',
      better,
      better,
    ]);
    const loopFactory = (): EventLoop => new ProactorEventLoop({ debug: true });
    expect(await run(async () => 'ran', { loopFactory })).toBe('ran');
  });
});

describe('LOOP_BACKEND', () => {
  afterEach(() => vi.unstubAllEnvs());

  it('says which one a plain loop takes, and no other', () => {
    vi.stubEnv('LOOP_BACKEND', 'proactor');
    using plain = new EventLoop();
    using selector = new SelectorEventLoop();
    expect([plain.backend, selector.backend]).toEqual(['proactor', 'selector']);
    vi.stubEnv('LOOP_BACKEND', 'epoll');
    expect(plain.backend).toBe('proactor');
    using other = new EventLoop();
    expect(() => other.backend).toThrow('to be selector or proactor, got "epoll"');
    vi.stubEnv('LOOP_BACKEND', 'proactor');
  });
});

describe('a loop on the proactor', () => {
  const makeLoop = (): ProactorEventLoop => new ProactorEventLoop();

  it('frees every handle when it is closed, and calls nobody', async () => {
    // That a task is left over.
    const log = vi.spyOn(console, 'error').mockImplementation(() => {});
    const sockets = openSockets();
    const loop = makeLoop();
    const protocols: Recorder[] = [];
    const make = (): Recorder => {
      const protocol = new Recorder(loop);
      protocols.push(protocol);
      return protocol;
    };
    const servers: Server[] = [];
    await loop.runUntilComplete(async () => {
      const server = await loop.createServer(make, '127.0.0.1', 0);
      servers.push(server, await loop.createServer(make, '::1', 0, { startServing: false }));
      await loop.createConnection(make, '127.0.0.1', portOf(server));
      while (protocols.length < 2) await sleep(0);
      await loop.createDatagramEndpoint(() => new DatagramProtocol(), {
        localAddr: ['127.0.0.1', 0],
      });
      // One that is on its way.
      void loop.createTask(() => loop.createConnection(make, '127.0.0.1', portOf(server)));
      await sleep(0);
    });
    expect(nodeHandles(loop).size).toBeGreaterThan(3);
    loop.close();
    for (const server of servers) server.close();
    expect(nodeHandles(loop).size).toBe(0);
    expect(protocols.map(({ trace }) => trace)).toEqual([['made'], ['made']]);
    // Node closes what it was connecting in a turn of its own.
    await new Promise((resolve) => setImmediate(resolve));
    expect(openSockets()).toEqual(sockets);
    log.mockRestore();
  });

  it('keeps no process alive that has stopped it', async () => {
    const program = new URL('../../test/fixtures/leaves-open.ts', import.meta.url).pathname;
    const flags = ['--conditions=@loop/source', '--import=tsx'];
    const { stdout } = await promisify(execFile)(process.execPath, [...flags, program]);
    expect(stdout).toBe('stopped\n');
  });

  it('CONN-016 SRV-012 survives that a socket which was given is closed too early', async () => {
    await inLoop(makeLoop, async (loop) => {
      const [near, far] = socketpair();
      const [transport, protocol] = await loop.createConnection(() => new Recorder(), null, null, {
        sock: near,
      });
      near.close();
      far.send(Buffer.from('still there'));
      expect((await protocol.bytes(11)).toString()).toBe('still there');
      transport.write(Buffer.from('so it is'));
      expect((await loop.sockRecv(far, 100)).toString()).toBe('so it is');
      transport.close();
      await protocol.lost;
      far.close();
    });
  });

  it('stops Node when more comes than anybody takes, and loses none of it', async () => {
    const loop = makeLoop();
    const accepted: Recorder[] = [];
    const total = 8 << 20;
    await loop.runUntilComplete(async () => {
      const server = await loop.createServer(
        () => {
          accepted.push(new Recorder(loop));
          return accepted[0]!;
        },
        '127.0.0.1',
        0,
      );
      const client = await loop.createConnection(() => new Protocol(), '127.0.0.1', portOf(server));
      client[0].write(Buffer.alloc(total, 'x'));
      while (accepted.length === 0) await sleep(0);
    });
    // The loop does not run: what it is told waits, in Node and then in the kernel.
    for (let turn = 0; turn < 200; turn += 1) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(accepted[0]!.size).toBeLessThan(total);
    await loop.runUntilComplete(async () => {
      expect((await accepted[0]!.bytes(total)).length).toBe(total);
    });
    loop.close();
  });
});
