/** Numbers of OpenSSL's headers: the same in 3.0 and 3.5, part of its stable ABI. */

// ssl.h: SSL_get_error()
export const SSL_ERROR_SSL = 1;
export const SSL_ERROR_WANT_READ = 2;
export const SSL_ERROR_WANT_WRITE = 3;
export const SSL_ERROR_SYSCALL = 5;
export const SSL_ERROR_ZERO_RETURN = 6;

// ssl.h: SSL_CTX_ctrl(), SSL_ctrl()
export const SSL_CTRL_MODE = 33;
export const SSL_CTRL_SET_TLSEXT_SERVERNAME_CB = 53;
export const SSL_CTRL_SET_TLSEXT_HOSTNAME = 55;
export const SSL_CTRL_CHAIN = 88;
export const SSL_CTRL_CHAIN_CERT = 89;
export const SSL_CTRL_SET_GROUPS_LIST = 92;
export const SSL_CTRL_SET_MIN_PROTO_VERSION = 123;
export const SSL_CTRL_SET_MAX_PROTO_VERSION = 124;

// ssl.h: modes, options, shutdown
export const SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER = 2;
export const SSL_MODE_AUTO_RETRY = 4;
export const SSL_MODE_RELEASE_BUFFERS = 16;
export const SSL_OP_NO_TICKET = 1n << 14n;
export const SSL_OP_NO_COMPRESSION = 1n << 17n;
export const SSL_OP_CIPHER_SERVER_PREFERENCE = 1n << 22n;
export const SSL_OP_NO_RENEGOTIATION = 1n << 30n;
export const SSL_SENT_SHUTDOWN = 1;
export const SSL_KEY_UPDATE_NOT_REQUESTED = 0;
export const SSL_KEY_UPDATE_REQUESTED = 1;

// ssl.h, tls1.h: versions, verification, callbacks of extensions
export const TLS1_2_VERSION = 0x0303;
export const SSL_VERIFY_NONE = 0;
export const SSL_VERIFY_PEER = 1;
export const SSL_VERIFY_FAIL_IF_NO_PEER_CERT = 2;
export const SSL_TLSEXT_ERR_OK = 0;
export const SSL_TLSEXT_ERR_ALERT_FATAL = 2;
export const SSL_TLSEXT_ERR_NOACK = 3;
export const OPENSSL_NPN_NEGOTIATED = 1;

// bio.h: BIO_ctrl()
export const BIO_C_SET_BUF_MEM_EOF_RETURN = 130;

// x509v3.h, x509_vfy.h
export const X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS = 4;
export const X509_V_FLAG_CRL_CHECK = 4;
export const X509_V_OK = 0;
export const X509_V_ERR_HOSTNAME_MISMATCH = 62;
export const X509_V_ERR_IP_ADDRESS_MISMATCH = 64;

// err.h, pemerr.h, sslerr.h
export const ERR_LIB_SSL = 20;
export const ERR_LIB_PEM = 9;
export const PEM_R_NO_START_LINE = 108;
export const SSL_R_RECORD_LAYER_FAILURE = 313;
