/**
 * What a thread has of OpenSSL's: freed once, by `free()`, by the collector, or with a worker that ends
 * without running any more JavaScript. At the end of the main thread the system takes everything back.
 */
import { isMainThread } from 'node:worker_threads';
import { addressOf, koffi, libc } from '../ffi/library.ts';
import { openssl } from './library.ts';

type Release = 'SSL_CTX_free' | 'SSL_free' | 'BIO_free' | 'X509_free';

interface Held {
  address: number;
  readonly release: Release;
}

const registry = new FinalizationRegistry(release);

/** A pointer with its owner, for as long as `owner` is referenced. */
export class NativeObject {
  readonly #held: Held;

  /** Takes `address` over. Nothing but `owner` may hold this object. */
  constructor(owner: object, address: number, releaseBy: Release) {
    this.#held = { address, release: releaseBy };
    registry.register(owner, this.#held, this);
    if (isMainThread) return;
    libc.napi_add_env_cleanup_hook(koffi().node.env, addressOf(releaseBy), address);
  }

  /** 0 once freed. */
  get address(): number {
    return this.#held.address;
  }

  free(): void {
    registry.unregister(this);
    release(this.#held);
  }
}

function release(held: Held): void {
  const { address } = held;
  if (address === 0) return;
  held.address = 0;
  if (!isMainThread) {
    libc.napi_remove_env_cleanup_hook(koffi().node.env, addressOf(held.release), address);
  }
  openssl[held.release](address);
}
