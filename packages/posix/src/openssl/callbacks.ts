/**
 * What OpenSSL calls in the middle of a handshake. There is one C function of each kind in a thread,
 * made when it is first needed and never freed; which connection it is about says {@link running}.
 *
 * Nothing may be thrown through C: what a user's callback throws is kept for whoever began the call.
 */
import { koffi } from '../ffi/library.ts';
import {
  OPENSSL_NPN_NEGOTIATED,
  SSL_TLSEXT_ERR_ALERT_FATAL,
  SSL_TLSEXT_ERR_NOACK,
  SSL_TLSEXT_ERR_OK,
} from './constants.ts';
import { openssl } from './library.ts';

/** What a connection is asked while one of its calls runs. */
export interface CallbackTarget {
  readonly alpn: Buffer | null;
  /** @returns An alert, or null. */
  serverName(): number | null;
  key(line: string): void;
}

type Kind = 'alpn' | 'serverName' | 'key';

const types: Record<Kind, { result: string; parameters: string[] }> = {
  // int (*)(SSL *, const unsigned char **out, unsigned char *outlen, const unsigned char *in, unsigned int inlen, void *arg)
  alpn: {
    result: 'int',
    parameters: ['uintptr_t', 'uintptr_t', 'uintptr_t', 'uintptr_t', 'unsigned int', 'uintptr_t'],
  },
  // int (*)(SSL *, int *alert, void *arg)
  serverName: { result: 'int', parameters: ['uintptr_t', 'uintptr_t', 'uintptr_t'] },
  // void (*)(const SSL *, const char *line)
  key: { result: 'void', parameters: ['uintptr_t', 'const char *'] },
};

let current: CallbackTarget | null = null;
const addresses = new Map<Kind, number>();

/** Makes `target` what callbacks are about, and says what was before; callbacks nest. */
export function running(target: CallbackTarget | null): CallbackTarget | null {
  const before = current;
  current = target;
  return before;
}

/** The C function of a kind. */
export function callbackAddress(kind: Kind): number {
  let address = addresses.get(kind);
  if (address === undefined) {
    const ffi = koffi();
    const { result, parameters } = types[kind];
    const type = ffi.pointer(ffi.proto(null, result, parameters));
    address = Number(ffi.register(callbacks[kind], type));
    addresses.set(kind, address);
  }
  return address;
}

const callbacks = {
  alpn(_ssl: number, out: number, length: number, offered: number, offeredLength: number): number {
    const own = current?.alpn ?? null;
    if (own === null) return SSL_TLSEXT_ERR_NOACK;
    // The result points into one of the two lists, and `own` lives as long as the connection.
    const found = openssl.SSL_select_next_proto(
      out,
      length,
      own,
      own.length,
      offered,
      offeredLength,
    );
    return found === OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_NOACK;
  },

  serverName(_ssl: number, alert: number): number {
    const refusal = current?.serverName() ?? null;
    if (refusal === null) return SSL_TLSEXT_ERR_OK;
    openssl.memcpyTo(alert, Int32Array.of(refusal), 4);
    return SSL_TLSEXT_ERR_ALERT_FATAL;
  },

  key(_ssl: number, line: string): void {
    current?.key(line);
  },
};
