// What the methods that connect, serve and upgrade refuse of TLS, and the rules of contexts.
import { type EventLoop, type Future, newEventLoop, ValueError } from '@loop/core';
import {
  CERT_NONE,
  createDefaultContext,
  Protocol,
  type ProtocolFactory,
  socketpair,
  SSLError,
} from '@loop/net';
import { className, type Print } from '../../src/print.ts';
import { inAsyncFunction, inGenerator, type InStyle, type Steps } from '../../src/two-styles.ts';

export async function generator(print: Print): Promise<void> {
  await program(print, inGenerator);
}

export async function asynchronous(print: Print): Promise<void> {
  await program(print, inAsyncFunction);
}

async function program(print: Print, inStyle: InStyle): Promise<void> {
  const loop: EventLoop = newEventLoop();
  const factory: ProtocolFactory<Protocol> = () => new Protocol();
  // TypeScript would refuse some of it.
  const methods = loop as unknown as Record<string, (...args: readonly unknown[]) => Future>;

  function* refused(what: string, method: string, ...args: readonly unknown[]): Steps {
    try {
      yield methods[method]!(...args);
    } catch (error) {
      const known =
        error instanceof TypeError || error instanceof ValueError || error instanceof SSLError;
      if (!known) throw error;
      // Behind the reference's text stands what was given.
      print(what, className(error), error.message.split(', got')[0]);
    }
  }

  function* main(): Steps {
    const context = createDefaultContext();
    const serverContext = createDefaultContext({ purpose: 'CLIENT_AUTH' });
    const [here, there] = socketpair();

    const connect = (what: string, host: unknown, port: unknown, options: object): Steps =>
      refused(what, 'createConnection', factory, host, port, options);
    yield* connect('no host', null, null, { sock: here, ssl: context });
    yield* connect('empty host', '', 1, { ssl: context });
    yield* connect('name', 'localhost', 1, { serverHostname: 'x' });
    yield* connect('empty name', 'localhost', 1, { serverHostname: '' });
    yield* connect('no ssl, name', 'localhost', 1, { ssl: false, serverHostname: '' });
    yield* connect('handshake', 'localhost', 1, { sslHandshakeTimeout: 1 });
    yield* connect('shutdown', 'localhost', 1, { sslShutdownTimeout: 1 });

    const serve = (what: string, options: object): Steps =>
      refused(what, 'createServer', factory, '127.0.0.1', 0, options);
    yield* serve('server true', { ssl: true });
    yield* serve('server false', { ssl: false });
    yield* serve('server handshake', { sslHandshakeTimeout: 1 });
    yield* serve('server shutdown', { sslShutdownTimeout: 1 });

    const accept = (what: string, options: object): Steps =>
      refused(what, 'connectAcceptedSocket', factory, here, options);
    yield* accept('accepted true', { ssl: true });
    yield* accept('accepted handshake', { sslHandshakeTimeout: 1 });
    yield* accept('accepted shutdown', { sslShutdownTimeout: 1 });

    const unix = (what: string, options: object): Steps =>
      refused(what, 'createUnixConnection', factory, '/nonexistent', options);
    yield* unix('unix nameless', { ssl: context });
    yield* unix('unix name', { serverHostname: '' });
    yield* unix('unix handshake', { sslHandshakeTimeout: 1 });

    const [transport, protocol] = yield loop.createConnection(factory, null, null, { sock: here });
    yield* refused('start true', 'startTls', transport, protocol, true);
    yield* refused('start null', 'startTls', transport, protocol, null);
    print(transport.isClosing());
    transport.close();
    there.close();

    print(context.checkHostname, context.verifyMode, context.minimumVersion >= 771);
    print(serverContext.checkHostname, serverContext.verifyMode, serverContext.numTickets);
    try {
      context.verifyMode = CERT_NONE;
    } catch (error) {
      print((error as Error).message);
    }
    context.checkHostname = false;
    context.verifyMode = CERT_NONE;
    context.checkHostname = true;
    print(context.verifyMode);
  }

  await loop.runUntilComplete(inStyle(main));
  loop.close();
}
