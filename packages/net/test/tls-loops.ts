import { type EventLoop, getRunningLoop, run } from '@loop/core';
import {
  createDefaultContext,
  ProactorEventLoop,
  SelectorEventLoop,
  type SSLContext,
} from '@loop/net';
import { isOpenSslSupported } from '@loop/posix/internal';
import { afterAll } from 'vitest';
import { chooseTlsEngine } from '../src/tls/choose-engine.ts';
import { nodeTlsEngine } from '../src/tls/node-tls-engine.ts';
import { openSslEngine } from '../src/tls/openssl-engine.ts';
import type { TlsEngine } from '../src/tls/tls-engine.ts';
import { Certificates, type CertificateFiles } from './certificates.ts';

const engines: readonly TlsEngine[] = [
  ...(isOpenSslSupported() ? [openSslEngine] : []),
  nodeTlsEngine,
];

/** Each implementation of TLS on each backend: what a program sees must not depend on them. */
export const tlsLoops: ReadonlyArray<
  readonly [name: string, makeLoop: () => EventLoop, engine: TlsEngine['name']]
> = [SelectorEventLoop, ProactorEventLoop].flatMap((Loop) =>
  engines.map(
    (engine) =>
      [
        `${engine.name} on ${Loop === SelectorEventLoop ? 'the selector' : 'the proactor'}`,
        () => {
          const loop = new Loop();
          chooseTlsEngine(loop, engine);
          return loop;
        },
        engine.name,
      ] as const,
  ),
);

/** Runs `body` on a loop of its own. */
export function inTlsLoop<T>(
  makeLoop: () => EventLoop,
  body: (loop: EventLoop) => Promise<T>,
): Promise<T> {
  return run(() => body(getRunningLoop()), { loopFactory: makeLoop });
}

let made: Certificates | null = null;

/** Those of the tests in this file. */
export function certificates(): Certificates {
  if (made === null) {
    made = new Certificates();
    afterAll(() => made?.[Symbol.dispose]());
  }
  return made;
}

export function serverContext(files: CertificateFiles): SSLContext {
  return createDefaultContext({ purpose: 'CLIENT_AUTH', ...files });
}

export function clientContext(authority: Certificates): SSLContext {
  return createDefaultContext({ cafile: authority.cafile });
}
