import type { EventLoop } from '@loop/core';
import { isOpenSslSupported } from '@loop/posix/internal';
import { backendName } from '../backend/backend-name.ts';
import { openSslEngine } from './openssl-engine.ts';
import { nodeTlsEngine } from './node-tls-engine.ts';
import type { TlsEngine, TlsSettings } from './tls-engine.ts';

const chosen = new WeakMap<EventLoop, TlsEngine>();

/** Has `loop` use this implementation of TLS. */
export function chooseTlsEngine(loop: EventLoop, engine: TlsEngine): void {
  chosen.set(loop, engine);
}

/** The better implementation of TLS that works with the loop's backend here. */
export function tlsEngineOf(loop: EventLoop): TlsEngine {
  const engine = chosen.get(loop);
  if (engine !== undefined) return engine;
  const canCall = backendName(loop) === 'selector' && isOpenSslSupported();
  // What an engine makes, only that engine gets.
  const better: TlsEngine = canCall ? openSslEngine : nodeTlsEngine;
  chosen.set(loop, better);
  return better;
}

const contexts = new WeakMap<object, WeakMap<TlsSettings, unknown>>();

/**
 * What the engine makes of settings; made once.
 *
 * @throws {SSLError} OpenSSL refuses a setting.
 */
export function engineContext<C>(engine: TlsEngine<C>, settings: TlsSettings): C {
  let made = contexts.get(engine);
  if (made === undefined) contexts.set(engine, (made = new WeakMap<TlsSettings, unknown>()));
  let context = made.get(settings);
  if (context === undefined) {
    context = engine.createContext(settings);
    made.set(settings, context);
  }
  return context as C;
}
