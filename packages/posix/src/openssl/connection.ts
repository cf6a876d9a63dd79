/**
 * One side of a TLS connection, which moves bytes between four places and waits for nothing:
 *
 *     feed()  → incoming BIO → read()        what the peer sent, encrypted → in plain
 *     drain() ← outgoing BIO ← write()
 *
 * Rules, which keep any order of calls from harming the process:
 *
 * 1. After `free()` every call throws. In the middle of another call, from a callback, `free()` waits
 *    for its end, and every other call throws.
 * 2. Memory is lent to OpenSSL for the length of a call, within checked bounds.
 * 3. Whatever fails takes the thread's error queue with it (openssl-error.ts). After a fatal error
 *    every step throws it again; the connection can still be drained, for the alert.
 * 4. What a user's callback throws comes out of the call that ran it.
 * 5. Callbacks run in the handshake alone, and no memory is lent to that: a callback could take it away.
 */
import { RuntimeError } from '@loop/core/errors';
import { checkBytes, checkInteger, checkPart } from '../check-argument.ts';
import { part } from '../descriptor.ts';
import { describe } from '../describe.ts';
import { PinnedBuffer } from '../ffi/library.ts';
import { type CallbackTarget, running } from './callbacks.ts';
import {
  SSL_ERROR_SSL,
  SSL_ERROR_SYSCALL,
  SSL_ERROR_WANT_READ,
  SSL_ERROR_WANT_WRITE,
  SSL_ERROR_ZERO_RETURN,
  SSL_KEY_UPDATE_NOT_REQUESTED,
  SSL_KEY_UPDATE_REQUESTED,
  SSL_SENT_SHUTDOWN,
} from './constants.ts';
import { OpenSslContext } from './context.ts';
import { Agreement } from './agreement.ts';
import { checkText } from './check-text.ts';
import { decodeDer, encodeDer } from './der.ts';
import { setServerName, setVerifyName, verificationOptions } from './verification.ts';
import { openssl } from './library.ts';
import { newMemoryBio, type OpenSslBio } from './memory-bio.ts';
import { NativeObject } from './native-object.ts';
import { clearErrors, type OpenSslError, takeError } from './openssl-error.ts';

/** What a step of a connection answers instead of a count. */
export const DONE = 1;
export const WANT_READ = -SSL_ERROR_WANT_READ;
export const WANT_WRITE = -SSL_ERROR_WANT_WRITE;
/** The peer has said that nothing more will come. */
export const CLOSED = -SSL_ERROR_ZERO_RETURN;

const HANDSHAKE_FAILURE = 40;

export type ServerNameCallback = (
  name: string | null,
  connection: OpenSslConnection,
) => OpenSslContext | number | null;

export interface OpenSslConnectionOptions {
  readonly server: boolean;
  /** Of a client: the name that it asks the server for. */
  readonly serverName?: string | null | undefined;
  /** The name or address that the peer's certificate has to be for, where it is verified. */
  readonly verifyName?: string | null | undefined;
  /** Of a client: what {@link OpenSslConnection.session} of an earlier connection was. */
  readonly session?: Uint8Array | null | undefined;
  /**
   * Of a server: called with the name that the client asks for. It answers with another context to go on
   * with, an alert to refuse with, or nothing. What it throws refuses with `handshake_failure`.
   */
  readonly onServerName?: ServerNameCallback | null | undefined;
  /** Made here where they are not given; then {@link OpenSslConnection.feed} and `drain` reach them. */
  readonly incoming?: OpenSslBio | null | undefined;
  readonly outgoing?: OpenSslBio | null | undefined;
}

export class OpenSslConnection implements CallbackTarget {
  readonly server: boolean;
  readonly verifyName: string | null;
  readonly #native: NativeObject;
  // The pointers once more, for the calls of each record; 0 once freed.
  #ssl: number;
  #incoming: number;
  #outgoing: number;
  #context: OpenSslContext;
  readonly #onServerName: ServerNameCallback | null;
  #secured = false;
  #running = false;
  #freed = false;
  #failed: OpenSslError | null = null;
  #thrown: { readonly error: unknown } | null = null;

  constructor(context: OpenSslContext, options: OpenSslConnectionOptions) {
    const { server, serverName = null, verifyName = null, session = null } = options;
    this.server = server;
    this.verifyName = verifyName;
    checkText(serverName, 'serverName');
    checkText(verifyName, 'verifyName');
    if (session !== null) checkBytes(session, 'session');
    if (!(context instanceof OpenSslContext)) {
      throw new TypeError(`Expected context to be an OpenSslContext, got ${describe(context)}`);
    }
    this.#context = context;
    this.#onServerName = options.onServerName ?? null;
    if (this.#onServerName !== null) context._askServerNames();
    this.#ssl = openssl.SSL_new(context._address);
    if (this.#ssl === 0) throw takeError('SSL_new');
    this.#native = new NativeObject(this, this.#ssl, 'SSL_free');
    this.#incoming = options.incoming?._share() ?? newMemoryBio();
    this.#outgoing = options.outgoing?._share() ?? newMemoryBio();
    openssl.SSL_set_bio(this.#ssl, this.#incoming, this.#outgoing);
    try {
      if (server) openssl.SSL_set_accept_state(this.#ssl);
      else openssl.SSL_set_connect_state(this.#ssl);
      if (!server && serverName !== null) setServerName(this.#ssl, serverName);
      if (verifyName !== null) setVerifyName(this.#ssl, verifyName);
      if (session !== null) this.#resume(session);
    } catch (error) {
      this.free();
      throw error;
    }
  }

  get context(): OpenSslContext {
    return this.#context;
  }

  get freed(): boolean {
    return this.#freed;
  }

  /** Whether the handshake is over, and bytes may flow. */
  get secured(): boolean {
    return this.#secured;
  }

  /** Whether this side has said that nothing more will be sent. */
  get saidGoodbye(): boolean {
    return (openssl.SSL_get_shutdown(this.#live()) & SSL_SENT_SHUTDOWN) !== 0;
  }

  /** Gives the memory back; in the middle of another call, at its end. */
  free(): void {
    this.#freed = true;
    if (this.#running || this.#ssl === 0) return;
    this.#ssl = 0;
    this.#incoming = 0;
    this.#outgoing = 0;
    this.#native.free();
  }

  // Steps

  /**
   * @returns {@link DONE}, {@link WANT_READ} or {@link WANT_WRITE}.
   * @throws {OpenSslError} It failed; what is to be drained is the alert.
   */
  handshake(): number {
    const before = this.#begin();
    const result = this.#end(before, openssl.SSL_do_handshake(this.#ssl), 'SSL_do_handshake');
    if (result === DONE) this.#secured = true;
    return result;
  }

  /**
   * The next bytes in plain, at most one record of 16 KiB.
   *
   * @returns Their number, or {@link WANT_READ}, {@link WANT_WRITE}, {@link CLOSED}.
   */
  read(bytes: Uint8Array, offset: number, length: number): number {
    checkBytes(bytes, 'bytes');
    checkPart(bytes, offset, length);
    if (!this.#secured) {
      const step = this.handshake();
      if (step !== DONE) return step;
    }
    const target = part(bytes, offset);
    const before = this.#begin();
    const result = openssl.SSL_read(this.#ssl, target, length);
    return this.#end(before, result, 'SSL_read');
  }

  /** The same into pinned memory. */
  readPinned(memory: PinnedBuffer, offset: number, length: number): number {
    checkPinned(memory, offset, length);
    if (!this.#secured) {
      const step = this.handshake();
      if (step !== DONE) return step;
    }
    const before = this.#begin();
    const result = openssl.SSL_readAt(this.#ssl, memory.address + offset, length);
    return this.#end(before, result, 'SSL_read');
  }

  /** Encrypts all of `bytes`: their number, or {@link WANT_READ} or {@link WANT_WRITE}. */
  write(bytes: Uint8Array): number {
    checkBytes(bytes, 'bytes');
    if (bytes.length === 0) return 0;
    if (!this.#secured) {
      const step = this.handshake();
      if (step !== DONE) return step;
    }
    const before = this.#begin(false);
    const result = openssl.SSL_write(this.#ssl, bytes, bytes.length);
    return this.#end(before, result, 'SSL_write');
  }

  /**
   * Says that nothing more will be sent, and once that is said looks whether the peer has said it too.
   *
   * @returns {@link DONE} when both have, 0 when only this side has, or {@link WANT_READ}.
   */
  shutdown(): number {
    const before = this.#begin();
    const result = openssl.SSL_shutdown(this.#ssl);
    if (result !== 0) return this.#end(before, result, 'SSL_shutdown');
    this.#end(before, DONE, 'SSL_shutdown');
    return 0;
  }

  /**
   * New keys for what this side sends from now on, and with `both` for what the peer sends. TLS 1.3 has that.
   *
   * @throws {OpenSslError} Not in this version, nor before the handshake is over.
   */
  updateKeys(both: boolean): void {
    this.#check();
    const type = both ? SSL_KEY_UPDATE_REQUESTED : SSL_KEY_UPDATE_NOT_REQUESTED;
    if (openssl.SSL_key_update(this.#ssl, type) === 0) throw takeError('SSL_key_update');
    // What is to be said about it goes out with the next bytes, or now.
    this.handshake();
  }

  // Encrypted bytes

  /** Puts what the peer has sent into the incoming BIO. */
  feed(bytes: Uint8Array): void {
    checkBytes(bytes, 'bytes');
    this.#check();
    if (bytes.length === 0) return;
    const count = openssl.BIO_write(this.#incoming, bytes, bytes.length);
    if (count < bytes.length) throw takeError('BIO_write');
  }

  /** The same from pinned memory. */
  feedPinned(memory: PinnedBuffer, offset: number, length: number): void {
    checkPinned(memory, offset, length);
    this.#check();
    if (length === 0) return;
    const count = openssl.BIO_writeAt(this.#incoming, memory.address + offset, length);
    if (count < length) throw takeError('BIO_write');
  }

  /** Takes what is to be sent to the peer out of the outgoing BIO; 0 when there is nothing. */
  drainPinned(memory: PinnedBuffer, offset: number, length: number): number {
    checkPinned(memory, offset, length);
    this.#check();
    return Math.max(0, openssl.BIO_readAt(this.#outgoing, memory.address + offset, length));
  }

  /** Encrypted bytes that wait to be read. */
  get incoming(): number {
    this.#check();
    return openssl.BIO_ctrl_pending(this.#incoming);
  }

  /** Takes back what was fed and not read: what follows the end of TLS on the same stream. */
  takeIncoming(): Buffer {
    const bytes = Buffer.allocUnsafe(this.incoming);
    if (bytes.length > 0) openssl.BIO_read(this.#incoming, bytes, bytes.length);
    return bytes;
  }

  /** Encrypted bytes that wait to be sent. */
  get outgoing(): number {
    this.#check();
    return openssl.BIO_ctrl_pending(this.#outgoing);
  }

  /** Bytes in plain that the next read gets without anything being fed. */
  get pending(): number {
    this.#check();
    return openssl.SSL_pending(this.#ssl);
  }

  // What was agreed

  /** Can be asked in a callback too. */
  readonly agreement = new Agreement(() => this.#live());

  /**
   * What a client can resume later, in DER; null where there is nothing. The tickets of TLS 1.3 come after
   * the handshake, with the first bytes read.
   *
   * @see i2d_SSL_SESSION(3)
   */
  get session(): Buffer | null {
    const session = openssl.SSL_get1_session(this.#live());
    if (session === 0) return null;
    const der =
      openssl.SSL_SESSION_is_resumable(session) === 1
        ? encodeDer((out) => openssl.i2d_SSL_SESSION(session, out))
        : null;
    openssl.SSL_SESSION_free(session);
    return der;
  }

  // What callbacks ask; see callbacks.ts

  /** @internal */
  get alpn(): Buffer | null {
    return this.#context._alpn;
  }

  /** @internal */
  serverName(): number | null {
    const callback = this.#onServerName;
    if (callback === null) return null;
    try {
      const answer = callback(openssl.SSL_get_servername(this.#ssl, 0), this);
      if (answer instanceof OpenSslContext) {
        this.#switchTo(answer);
        return null;
      }
      if (answer !== null) checkInteger(answer, 'the alert', 0, 255);
      return answer;
    } catch (error) {
      this.#thrown ??= { error };
      return HANDSHAKE_FAILURE;
    }
  }

  /** @internal */
  key(line: string): void {
    try {
      this.#context._onKey?.(line);
    } catch (error) {
      this.#thrown ??= { error };
    }
  }

  #switchTo(context: OpenSslContext): void {
    openssl.SSL_set_SSL_CTX(this.#ssl, context._address);
    this.#context = context;
  }

  #resume(der: Uint8Array): void {
    const session = decodeDer(der, (from, length) => openssl.d2i_SSL_SESSION(0, from, length));
    if (session === 0) throw takeError('d2i_SSL_SESSION');
    const set = openssl.SSL_set_session(this.#ssl, session);
    openssl.SSL_SESSION_free(session);
    if (set === 0) throw takeError('SSL_set_session');
  }

  #live(): number {
    if (this.#ssl === 0) throw new RuntimeError('The TLS connection is closed');
    return this.#ssl;
  }

  #check(): void {
    this.#live();
    if (this.#running) throw new RuntimeError('The TLS connection is in the middle of a call');
  }

  /** @param mayWait - Whether the error queue is asked why nothing was done; a write does all or fails. */
  #begin(mayWait = true): CallbackTarget | null {
    if (this.#ssl === 0 || this.#running) this.#check();
    // OpenSSL is not to be called again after a fatal error: 3.5 would only wait.
    if (this.#failed !== null) throw this.#failed;
    // An error that someone else left in the queue would be taken for one of this call.
    if (mayWait && openssl.ERR_peek_error() !== 0) clearErrors();
    this.#running = true;
    return running(this);
  }

  #end(before: CallbackTarget | null, result: number, call: string): number {
    running(before);
    this.#running = false;
    if (result > 0 && this.#thrown === null && !this.#freed) return result;
    return this.#endOtherwise(result, call);
  }

  #endOtherwise(result: number, call: string): number {
    const code = result > 0 ? 0 : openssl.SSL_get_error(this.#ssl, result);
    this.#failed =
      code === SSL_ERROR_SSL || code === SSL_ERROR_SYSCALL ? this.#failure(code, call) : null;
    const thrown = this.#thrown;
    this.#thrown = null;
    if (this.#freed) this.free();
    if (thrown !== null) throw thrown.error;
    if (this.#failed !== null) throw this.#failed;
    return code === 0 ? result : -code;
  }

  #failure(code: number, call: string): OpenSslError {
    return takeError(call, { sslError: code, ...verificationOptions(this.#ssl, this.verifyName) });
  }
}

function checkPinned(memory: PinnedBuffer, offset: number, length: number): void {
  if (!(memory instanceof PinnedBuffer)) {
    throw new TypeError(`Expected memory to be a PinnedBuffer, got ${describe(memory)}`);
  }
  // Two integers from 0 up. Memory that was transferred to another thread has no length any more.
  const areIndices = offset >>> 0 === offset && length >>> 0 === length;
  if (areIndices && offset + length <= memory.bytes.length) return;
  throw new RangeError(
    `Expected ${describe(length)} bytes at ${describe(offset)} to lie within ${memory.bytes.length} bytes of memory`,
  );
}
