import './register.ts';

// Loops
export { SelectorEventLoop } from './backend/selector-event-loop.ts';
export { ProactorEventLoop } from './backend/proactor-event-loop.ts';
export type { BackendName } from './backend/backend-name.ts';

// Protocols and transports
export {
  BaseProtocol,
  BufferedProtocol,
  DatagramProtocol,
  Protocol,
  type StreamProtocol,
} from './transport/protocol.ts';
export {
  BaseTransport,
  DatagramTransport,
  ReadTransport,
  Transport,
  WriteTransport,
  type ExtraInfo,
} from './transport/transport.ts';
export type { TransportSocket } from './transport/transport-socket.ts';
export type { AnyStreamProtocol, ProtocolFactory } from './transport/open-stream.ts';

// Streams
export {
  openConnection,
  openUnixConnection,
  type StreamOptions,
  type StreamPair,
} from './streams/open-connection.ts';
export { startServer, startUnixServer } from './streams/start-server.ts';
export { type LineIterator, StreamReader } from './streams/stream-reader.ts';
export {
  type StreamTlsOptions,
  StreamWriter,
  type WriterProtocol,
} from './streams/stream-writer.ts';
export { StreamFlow } from './streams/stream-flow.ts';
export { type ClientConnected, StreamReaderProtocol } from './streams/stream-protocol.ts';
export {
  connectionFromWeb,
  connectionToWeb,
  readerFromWeb,
  readerToWeb,
  writerFromWeb,
  writerToWeb,
  type WebStreams,
} from './streams/web-streams.ts';
export {
  connectionFromNode,
  connectionToNode,
  readerFromNode,
  readerToNode,
  writerFromNode,
  writerToNode,
} from './streams/node-streams.ts';
export { IncompleteReadError, LimitOverrunError } from './streams/errors.ts';

// Servers and connections
export { AbstractServer, type ServeForeverOptions } from './serve/abstract-server.ts';
export { Server } from './serve/server.ts';
export type { CreateServerOptions, ServeOptions } from './serve/create-server.ts';
export type { CreateConnectionOptions } from './connect/create-connection.ts';
export type { CreateUnixServerOptions } from './serve/create-unix-server.ts';
export type { CreateUnixConnectionOptions } from './connect/create-unix-connection.ts';
export type {
  CreateDatagramEndpointOptions,
  EndpointAddress,
} from './datagram/create-datagram-endpoint.ts';
export type { AnyDatagramProtocol } from './datagram/endpoint-transport.ts';
export type { UnixPath } from './socket/unix-path.ts';
export type { Host, Port } from './resolve.ts';

// TLS
export { createDefaultContext, type DefaultContextOptions } from './tls/default-context.ts';
export { SSLContext, type SniCallback, type WrapBioOptions } from './tls/ssl-context.ts';
export type { VerifyLocations } from './tls/verify-locations.ts';
export {
  CERT_NONE,
  CERT_OPTIONAL,
  CERT_REQUIRED,
  PROTOCOL_TLS_CLIENT,
  PROTOCOL_TLS_SERVER,
  TLSVersion,
  type TlsProtocol,
  type VerifyMode,
} from './tls/constants.ts';
export {
  SSLCertVerificationError,
  SSLEOFError,
  SSLError,
  SSLWantReadError,
  SSLWantWriteError,
  SSLZeroReturnError,
  type SSLErrorOptions,
} from './tls/ssl-error.ts';
export { SSLInfo } from './tls/ssl-info.ts';
export { MemoryBIO } from './tls/openssl-memory-bio.ts';
export { SSLObject } from './tls/openssl-object.ts';
export type { StartTlsOptions } from './tls/start-tls.ts';
export type { TlsTransport } from './tls/tls-transport.ts';
export type { DistinguishedName, PeerCertificate } from './tls/peer-certificate.ts';
export type { Password, PemSource } from './tls/pem.ts';
export type { TlsClientOptions, TlsServerOptions, TlsTimeouts } from './tls/tls-options.ts';

// Files
export { SendfileNotAvailableError } from './sendfile/sendfile-not-available-error.ts';
export type {
  ReadableFile,
  SendfileOptions,
  SendfileSource,
} from './sendfile/sendfile-arguments.ts';

// Sockets, from @loop/posix
export { OSError, Socket, socketpair } from '@loop/posix';
export type { FileObject, SocketAddress } from '@loop/posix';
export {
  AF_INET,
  AF_INET6,
  AF_UNIX,
  AF_UNSPEC,
  AI_ADDRCONFIG,
  AI_CANONNAME,
  AI_NUMERICHOST,
  AI_NUMERICSERV,
  AI_PASSIVE,
  AI_V4MAPPED,
  IPPROTO_IPV6,
  IPPROTO_TCP,
  IPPROTO_UDP,
  IPV6_V6ONLY,
  NI_DGRAM,
  NI_NAMEREQD,
  NI_NUMERICHOST,
  NI_NUMERICSERV,
  SHUT_RD,
  SHUT_RDWR,
  SHUT_WR,
  SO_BROADCAST,
  SO_ERROR,
  SO_KEEPALIVE,
  SO_LINGER,
  SO_RCVBUF,
  SO_REUSEADDR,
  SO_REUSEPORT,
  SO_SNDBUF,
  SOCK_DGRAM,
  SOCK_STREAM,
  SOL_SOCKET,
  TCP_NODELAY,
} from '@loop/posix';

// Observing
export type { ConnectionCloseMessage, ConnectionMessage } from './diagnostics.ts';
