/**
 * The OpenSSL functions that this package calls, beside their man pages: one line each, with the
 * prototype in C and its type in TypeScript.
 *
 * Pointers of OpenSSL's are `uintptr_t` numbers (`Address`), 0 for NULL; `Bytes` lends memory for the
 * length of the call. What OpenSSL's headers define as macros is called through the `ctrl` functions.
 */
import type { Address, Bytes } from '../ffi/signatures.ts';

type Pointer = Address;
/** The types of a prototype, which has no errno. */
interface Prototype<F> {
  readonly prototype: string;
  /** Of the types only. */
  readonly type?: F;
}

const c = <F>(prototype: string): Prototype<F> => ({ prototype });

export const signatures = {
  // OpenSSL_version_num(3), ERR_get_error(3)
  OpenSSL_version_num: c<() => number>('unsigned long OpenSSL_version_num(void)'),
  // Errors have 32 bits; an int costs less than a long where it is only asked whether there is one.
  ERR_peek_error: c<() => number>('int ERR_peek_error(void)'),
  ERR_peek_last_error: c<() => number>('unsigned long ERR_peek_last_error(void)'),
  ERR_clear_error: c<() => void>('void ERR_clear_error(void)'),
  ERR_lib_error_string: c<(code: number) => string | null>(
    'const char *ERR_lib_error_string(unsigned long e)',
  ),
  ERR_reason_error_string: c<(code: number) => string | null>(
    'const char *ERR_reason_error_string(unsigned long e)',
  ),

  // BIO_s_mem(3), BIO_read(3)
  BIO_s_mem: c<() => Pointer>('uintptr_t BIO_s_mem(void)'),
  BIO_new: c<(method: Pointer) => Pointer>('uintptr_t BIO_new(uintptr_t type)'),
  BIO_up_ref: c<(bio: Pointer) => number>('int BIO_up_ref(uintptr_t a)'),
  BIO_free: c<(bio: Pointer) => number>('int BIO_free(uintptr_t a)'),
  BIO_read: c<(bio: Pointer, bytes: Bytes, length: number) => number>(
    'int BIO_read(uintptr_t b, void *data, int len)',
  ),
  BIO_readAt: c<(bio: Pointer, bytes: Address, length: number) => number>(
    'int BIO_read(uintptr_t b, uintptr_t data, int len)',
  ),
  BIO_write: c<(bio: Pointer, bytes: Bytes, length: number) => number>(
    'int BIO_write(uintptr_t b, const void *data, int len)',
  ),
  BIO_writeAt: c<(bio: Pointer, bytes: Address, length: number) => number>(
    'int BIO_write(uintptr_t b, uintptr_t data, int len)',
  ),
  BIO_ctrl: c<(bio: Pointer, command: number, number: number, pointer: Pointer) => number>(
    'long BIO_ctrl(uintptr_t bp, int cmd, long larg, uintptr_t parg)',
  ),
  BIO_ctrl_pending: c<(bio: Pointer) => number>('size_t BIO_ctrl_pending(uintptr_t b)'),

  // PEM_read_bio_PrivateKey(3), d2i_X509(3)
  PEM_read_bio_X509_AUX: c<
    (bio: Pointer, x: Pointer, callback: Pointer, password: string | null) => Pointer
  >('uintptr_t PEM_read_bio_X509_AUX(uintptr_t bp, uintptr_t x, uintptr_t cb, const char *u)'),
  PEM_read_bio_PrivateKey: c<
    (bio: Pointer, x: Pointer, callback: Pointer, password: string) => Pointer
  >('uintptr_t PEM_read_bio_PrivateKey(uintptr_t bp, uintptr_t x, uintptr_t cb, const char *u)'),
  d2i_X509_bio: c<(bio: Pointer, x: Pointer) => Pointer>(
    'uintptr_t d2i_X509_bio(uintptr_t bp, uintptr_t x)',
  ),
  i2d_X509: c<(x: Pointer, out: Bytes) => number>('int i2d_X509(uintptr_t a, void *pp)'),
  X509_up_ref: c<(x: Pointer) => number>('int X509_up_ref(uintptr_t a)'),
  X509_free: c<(x: Pointer) => void>('void X509_free(uintptr_t a)'),
  EVP_PKEY_free: c<(key: Pointer) => void>('void EVP_PKEY_free(uintptr_t key)'),
  PEM_read_bio_X509_CRL: c<
    (bio: Pointer, x: Pointer, callback: Pointer, password: string | null) => Pointer
  >('uintptr_t PEM_read_bio_X509_CRL(uintptr_t bp, uintptr_t x, uintptr_t cb, const char *u)'),
  X509_CRL_free: c<(crl: Pointer) => void>('void X509_CRL_free(uintptr_t a)'),
  X509_STORE_add_crl: c<(store: Pointer, crl: Pointer) => number>(
    'int X509_STORE_add_crl(uintptr_t ctx, uintptr_t x)',
  ),
  X509_STORE_add_cert: c<(store: Pointer, x: Pointer) => number>(
    'int X509_STORE_add_cert(uintptr_t ctx, uintptr_t x)',
  ),
  OPENSSL_sk_num: c<(stack: Pointer) => number>('int OPENSSL_sk_num(uintptr_t sk)'),
  OPENSSL_sk_value: c<(stack: Pointer, index: number) => Pointer>(
    'uintptr_t OPENSSL_sk_value(uintptr_t sk, int i)',
  ),

  // X509_VERIFY_PARAM_set_flags(3), X509_verify_cert_error_string(3)
  X509_VERIFY_PARAM_set_flags: c<(param: Pointer, flags: number) => number>(
    'int X509_VERIFY_PARAM_set_flags(uintptr_t param, unsigned long flags)',
  ),
  X509_VERIFY_PARAM_set_hostflags: c<(param: Pointer, flags: number) => void>(
    'void X509_VERIFY_PARAM_set_hostflags(uintptr_t param, unsigned int flags)',
  ),
  X509_VERIFY_PARAM_set1_ip_asc: c<(param: Pointer, address: string) => number>(
    'int X509_VERIFY_PARAM_set1_ip_asc(uintptr_t param, const char *ipasc)',
  ),
  X509_verify_cert_error_string: c<(code: number) => string>(
    'const char *X509_verify_cert_error_string(long n)',
  ),

  // SSL_CTX_new(3) and its relatives
  TLS_method: c<() => Pointer>('uintptr_t TLS_method(void)'),
  TLS_server_method: c<() => Pointer>('uintptr_t TLS_server_method(void)'),
  TLS_client_method: c<() => Pointer>('uintptr_t TLS_client_method(void)'),
  SSL_CTX_new: c<(method: Pointer) => Pointer>('uintptr_t SSL_CTX_new(uintptr_t method)'),
  SSL_CTX_free: c<(context: Pointer) => void>('void SSL_CTX_free(uintptr_t ctx)'),
  SSL_CTX_ctrl: c<(context: Pointer, command: number, number: number, pointer: Pointer) => number>(
    'long SSL_CTX_ctrl(uintptr_t ctx, int cmd, long larg, uintptr_t parg)',
  ),
  SSL_CTX_ctrlText: c<(context: Pointer, command: number, number: number, text: string) => number>(
    'long SSL_CTX_ctrl(uintptr_t ctx, int cmd, long larg, const char *parg)',
  ),
  SSL_CTX_callback_ctrl: c<(context: Pointer, command: number, callback: Pointer) => number>(
    'long SSL_CTX_callback_ctrl(uintptr_t ctx, int cmd, uintptr_t fp)',
  ),
  SSL_CTX_set_options: c<(context: Pointer, options: bigint) => number | bigint>(
    'uint64_t SSL_CTX_set_options(uintptr_t ctx, uint64_t options)',
  ),
  SSL_CTX_use_certificate: c<(context: Pointer, x: Pointer) => number>(
    'int SSL_CTX_use_certificate(uintptr_t ctx, uintptr_t x)',
  ),
  SSL_CTX_use_PrivateKey: c<(context: Pointer, key: Pointer) => number>(
    'int SSL_CTX_use_PrivateKey(uintptr_t ctx, uintptr_t pkey)',
  ),
  SSL_CTX_check_private_key: c<(context: Pointer) => number>(
    'int SSL_CTX_check_private_key(uintptr_t ctx)',
  ),
  SSL_CTX_get_cert_store: c<(context: Pointer) => Pointer>(
    'uintptr_t SSL_CTX_get_cert_store(uintptr_t ctx)',
  ),
  SSL_CTX_load_verify_locations: c<
    (context: Pointer, file: string | null, folder: string | null) => number
  >('int SSL_CTX_load_verify_locations(uintptr_t ctx, const char *CAfile, const char *CApath)'),
  SSL_CTX_set_verify: c<(context: Pointer, mode: number, callback: Pointer) => void>(
    'void SSL_CTX_set_verify(uintptr_t ctx, int mode, uintptr_t verify_callback)',
  ),
  SSL_CTX_get0_param: c<(context: Pointer) => Pointer>(
    'uintptr_t SSL_CTX_get0_param(uintptr_t ctx)',
  ),
  SSL_CTX_set_cipher_list: c<(context: Pointer, text: string) => number>(
    'int SSL_CTX_set_cipher_list(uintptr_t ctx, const char *str)',
  ),
  SSL_CTX_set_ciphersuites: c<(context: Pointer, text: string) => number>(
    'int SSL_CTX_set_ciphersuites(uintptr_t ctx, const char *str)',
  ),
  SSL_CTX_set_session_id_context: c<(context: Pointer, bytes: Bytes, length: number) => number>(
    'int SSL_CTX_set_session_id_context(uintptr_t ctx, const void *sid_ctx, unsigned int sid_ctx_len)',
  ),
  SSL_CTX_set_num_tickets: c<(context: Pointer, count: number) => number>(
    'int SSL_CTX_set_num_tickets(uintptr_t ctx, size_t num_tickets)',
  ),
  SSL_CTX_set_alpn_protos: c<(context: Pointer, protocols: Bytes, length: number) => number>(
    'int SSL_CTX_set_alpn_protos(uintptr_t ctx, const void *protos, unsigned int protos_len)',
  ),
  SSL_CTX_set_alpn_select_cb: c<(context: Pointer, callback: Pointer, argument: Pointer) => void>(
    'void SSL_CTX_set_alpn_select_cb(uintptr_t ctx, uintptr_t cb, uintptr_t arg)',
  ),
  SSL_CTX_set_keylog_callback: c<(context: Pointer, callback: Pointer) => void>(
    'void SSL_CTX_set_keylog_callback(uintptr_t ctx, uintptr_t cb)',
  ),
  SSL_select_next_proto: c<
    (
      out: Pointer,
      outLength: Pointer,
      server: Bytes,
      serverLength: number,
      client: Pointer,
      clientLength: number,
    ) => number
  >(
    'int SSL_select_next_proto(uintptr_t out, uintptr_t outlen, const void *server, unsigned int server_len, uintptr_t client, unsigned int client_len)',
  ),

  // SSL_new(3) and its relatives
  SSL_new: c<(context: Pointer) => Pointer>('uintptr_t SSL_new(uintptr_t ctx)'),
  SSL_free: c<(ssl: Pointer) => void>('void SSL_free(uintptr_t ssl)'),
  SSL_set_bio: c<(ssl: Pointer, incoming: Pointer, outgoing: Pointer) => void>(
    'void SSL_set_bio(uintptr_t ssl, uintptr_t rbio, uintptr_t wbio)',
  ),
  SSL_set_accept_state: c<(ssl: Pointer) => void>('void SSL_set_accept_state(uintptr_t ssl)'),
  SSL_set_connect_state: c<(ssl: Pointer) => void>('void SSL_set_connect_state(uintptr_t ssl)'),
  SSL_ctrlText: c<(ssl: Pointer, command: number, number: number, text: string) => number>(
    'long SSL_ctrl(uintptr_t ssl, int cmd, long larg, const char *parg)',
  ),
  SSL_set1_host: c<(ssl: Pointer, name: string) => number>(
    'int SSL_set1_host(uintptr_t ssl, const char *hostname)',
  ),
  SSL_get0_param: c<(ssl: Pointer) => Pointer>('uintptr_t SSL_get0_param(uintptr_t ssl)'),
  SSL_set_SSL_CTX: c<(ssl: Pointer, context: Pointer) => Pointer>(
    'uintptr_t SSL_set_SSL_CTX(uintptr_t ssl, uintptr_t ctx)',
  ),
  SSL_get_servername: c<(ssl: Pointer, type: number) => string | null>(
    'const char *SSL_get_servername(uintptr_t ssl, int type)',
  ),

  // SSL_do_handshake(3), SSL_read(3), SSL_write(3), SSL_shutdown(3)
  SSL_do_handshake: c<(ssl: Pointer) => number>('int SSL_do_handshake(uintptr_t ssl)'),
  SSL_read: c<(ssl: Pointer, bytes: Bytes, length: number) => number>(
    'int SSL_read(uintptr_t ssl, void *buf, int num)',
  ),
  SSL_readAt: c<(ssl: Pointer, bytes: Address, length: number) => number>(
    'int SSL_read(uintptr_t ssl, uintptr_t buf, int num)',
  ),
  SSL_write: c<(ssl: Pointer, bytes: Bytes, length: number) => number>(
    'int SSL_write(uintptr_t ssl, const void *buf, int num)',
  ),
  SSL_shutdown: c<(ssl: Pointer) => number>('int SSL_shutdown(uintptr_t ssl)'),
  SSL_get_shutdown: c<(ssl: Pointer) => number>('int SSL_get_shutdown(uintptr_t ssl)'),
  SSL_get_error: c<(ssl: Pointer, result: number) => number>(
    'int SSL_get_error(uintptr_t ssl, int ret)',
  ),
  SSL_pending: c<(ssl: Pointer) => number>('int SSL_pending(uintptr_t ssl)'),
  SSL_key_update: c<(ssl: Pointer, type: number) => number>(
    'int SSL_key_update(uintptr_t s, int updatetype)',
  ),

  // what was agreed
  SSL_get_version: c<(ssl: Pointer) => string>('const char *SSL_get_version(uintptr_t ssl)'),
  SSL_get_current_cipher: c<(ssl: Pointer) => Pointer>(
    'uintptr_t SSL_get_current_cipher(uintptr_t ssl)',
  ),
  SSL_get1_supported_ciphers: c<(ssl: Pointer) => Pointer>(
    'uintptr_t SSL_get1_supported_ciphers(uintptr_t s)',
  ),
  SSL_get_ciphers: c<(ssl: Pointer) => Pointer>('uintptr_t SSL_get_ciphers(uintptr_t ssl)'),
  SSL_get_client_ciphers: c<(ssl: Pointer) => Pointer>(
    'uintptr_t SSL_get_client_ciphers(uintptr_t ssl)',
  ),
  SSL_CIPHER_get_name: c<(cipher: Pointer) => string>(
    'const char *SSL_CIPHER_get_name(uintptr_t cipher)',
  ),
  SSL_CIPHER_get_version: c<(cipher: Pointer) => string>(
    'const char *SSL_CIPHER_get_version(uintptr_t cipher)',
  ),
  SSL_CIPHER_get_bits: c<(cipher: Pointer, algorithmBits: Bytes) => number>(
    'int SSL_CIPHER_get_bits(uintptr_t cipher, void *alg_bits)',
  ),
  SSL_get0_alpn_selected: c<(ssl: Pointer, data: Bytes, length: Bytes) => void>(
    'void SSL_get0_alpn_selected(uintptr_t ssl, void *data, void *len)',
  ),
  SSL_get1_peer_certificate: c<(ssl: Pointer) => Pointer>(
    'uintptr_t SSL_get1_peer_certificate(uintptr_t ssl)',
  ),
  SSL_get_peer_cert_chain: c<(ssl: Pointer) => Pointer>(
    'uintptr_t SSL_get_peer_cert_chain(uintptr_t ssl)',
  ),
  SSL_get0_verified_chain: c<(ssl: Pointer) => Pointer>(
    'uintptr_t SSL_get0_verified_chain(uintptr_t s)',
  ),
  SSL_get_verify_result: c<(ssl: Pointer) => number>('long SSL_get_verify_result(uintptr_t ssl)'),
  SSL_get_finished: c<(ssl: Pointer, bytes: Bytes, length: number) => number>(
    'size_t SSL_get_finished(uintptr_t ssl, void *buf, size_t count)',
  ),
  SSL_get_peer_finished: c<(ssl: Pointer, bytes: Bytes, length: number) => number>(
    'size_t SSL_get_peer_finished(uintptr_t ssl, void *buf, size_t count)',
  ),

  // SSL_get_session(3), SSL_set_session(3)
  SSL_session_reused: c<(ssl: Pointer) => number>('int SSL_session_reused(uintptr_t ssl)'),
  SSL_get1_session: c<(ssl: Pointer) => Pointer>('uintptr_t SSL_get1_session(uintptr_t ssl)'),
  SSL_set_session: c<(ssl: Pointer, session: Pointer) => number>(
    'int SSL_set_session(uintptr_t ssl, uintptr_t session)',
  ),
  SSL_SESSION_free: c<(session: Pointer) => void>('void SSL_SESSION_free(uintptr_t session)'),
  i2d_SSL_SESSION: c<(session: Pointer, out: Bytes) => number>(
    'int i2d_SSL_SESSION(uintptr_t in, void *pp)',
  ),
  d2i_SSL_SESSION: c<(a: Pointer, from: Bytes, length: number) => Pointer>(
    'uintptr_t d2i_SSL_SESSION(uintptr_t a, void *pp, long length)',
  ),
  SSL_SESSION_is_resumable: c<(session: Pointer) => number>(
    'int SSL_SESSION_is_resumable(uintptr_t s)',
  ),

  OPENSSL_sk_free: c<(stack: Pointer) => void>('void OPENSSL_sk_free(uintptr_t sk)'),

  // memcpy(3), between memory of ours and what OpenSSL points at
  memcpy: c<(to: Bytes, from: Pointer, length: number) => Pointer>(
    'uintptr_t memcpy(void *dest, uintptr_t src, size_t n)',
  ),
  memcpyTo: c<(to: Pointer, from: Bytes, length: number) => Pointer>(
    'uintptr_t memcpy(uintptr_t dest, const void *src, size_t n)',
  ),
};

export type OpenSslFunctions = {
  [N in keyof typeof signatures]: (typeof signatures)[N] extends Prototype<infer F> ? F : never;
};
