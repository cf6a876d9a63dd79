/**
 * What this package does when it is imported: puts its methods on the loops.
 */
import { EventLoop, operation, registerExtension, type Coroutine, type Future } from '@loop/core';
import type { AddressInfo, FileObject, ResolveOptions, Socket, SocketAddress } from '@loop/posix';
import { type BackendName, backendName } from './backend/backend-name.ts';
import { closeBackend } from './backend/choose-backend.ts';
import { connectAcceptedSocket } from './connect/connect-accepted-socket.ts';
import { createConnection, type CreateConnectionOptions } from './connect/create-connection.ts';
import {
  createUnixConnection,
  type CreateUnixConnectionOptions,
} from './connect/create-unix-connection.ts';
import {
  createDatagramEndpoint,
  type CreateDatagramEndpointOptions,
} from './datagram/create-datagram-endpoint.ts';
import type { AnyDatagramProtocol } from './datagram/endpoint-transport.ts';
import { connectReadPipe, connectWritePipe } from './pipe/connect-pipe.ts';
import type { PipeObject } from './pipe/pipe-file.ts';
import type { ReadPipeProtocol } from './pipe/read-pipe-transport.ts';
import type { WritePipeProtocol } from './pipe/write-pipe-transport.ts';
import { getaddrinfo, getnameinfo, type Host, type Port } from './resolve.ts';
import type { SendfileOptions, SendfileSource } from './sendfile/sendfile-arguments.ts';
import { sendfile } from './sendfile/sendfile.ts';
import { sockSendfile } from './sendfile/sock-sendfile.ts';
import { createServer, type CreateServerOptions } from './serve/create-server.ts';
import { createUnixServer, type CreateUnixServerOptions } from './serve/create-unix-server.ts';
import type { Server } from './serve/server.ts';
import { addReader, addWriter, removeReader, removeWriter } from './socket/fd-watchers.ts';
import * as sockets from './socket/socket-methods.ts';
import type { UnixPath } from './socket/unix-path.ts';
import type { SSLContext } from './tls/ssl-context.ts';
import { startTls, type StartTlsOptions } from './tls/start-tls.ts';
import type { TlsTransport } from './tls/tls-transport.ts';
import type { TlsServerOptions } from './tls/tls-options.ts';
import type { AnyStreamProtocol, ProtocolFactory } from './transport/open-stream.ts';
import type {
  DatagramTransport,
  ReadTransport,
  Transport,
  WriteTransport,
} from './transport/transport.ts';

declare module '@loop/core' {
  interface EventLoop {
    /**
     * How this loop does I/O: by readiness on sockets of its own (`selector`), or by completion in Node's
     * modules (`proactor`). A plain loop takes the selector where there is FFI, for good at the first look,
     * unless `LOOP_BACKEND` in the environment names one.
     */
    readonly backend: BackendName;
    /**
     * Has `callback(...args)` run whenever `fd` is readable, in place of an earlier one, until
     * {@link removeReader}. An end of the stream and errors count as readable.
     *
     * @param fd - A descriptor, or anything with `fileno()` or `fd`.
     * @throws {ValueError} `fd` is no descriptor.
     * @throws {RuntimeError} The loop is closed, or a transport uses the descriptor.
     * @throws {OSError} The system cannot watch it: `EPERM` for a regular file, `EBADF`.
     * @see CPython `loop.add_reader`
     */
    addReader<A extends readonly unknown[]>(
      fd: FileObject,
      callback: (...args: A) => unknown,
      ...args: A
    ): void;
    /** Ends {@link addReader}; whether there was a callback. It does not run again even if it is queued. */
    removeReader(fd: FileObject): boolean;
    /** As {@link addReader}, whenever `fd` is writable. */
    addWriter<A extends readonly unknown[]>(
      fd: FileObject,
      callback: (...args: A) => unknown,
      ...args: A
    ): void;
    /** Ends {@link addWriter}; whether there was a callback. */
    removeWriter(fd: FileObject): boolean;
    /** Receives up to `nbytes` bytes; none at the end of the stream. */
    sockRecv(sock: Socket, nbytes: number): Future<Buffer>;
    /** Receives into the start of `buf`, and gives the number of bytes; 0 at the end of the stream. */
    sockRecvInto(sock: Socket, buf: Uint8Array): Future<number>;
    /** Receives one datagram of up to `bufsize` bytes, and its sender; what is beyond is lost. */
    sockRecvfrom(sock: Socket, bufsize: number): Future<[Buffer, SocketAddress]>;
    /** Receives one datagram into `buf`, at most `nbytes` of it (0: its length). */
    sockRecvfromInto(
      sock: Socket,
      buf: Uint8Array,
      nbytes?: number,
    ): Future<[number, SocketAddress]>;
    /** Sends all of `data`. After an error it is not known how much went out. */
    sockSendall(sock: Socket, data: Uint8Array): Future<void>;
    /** Sends one datagram, and gives the number of bytes sent. */
    sockSendto(sock: Socket, data: Uint8Array, address: SocketAddress): Future<number>;
    /** Connects to `address`; a host name is looked up. */
    sockConnect(sock: Socket, address: SocketAddress): Future<void>;
    /** Accepts a connection on a listening socket: a new non-blocking socket, and the peer's address. */
    sockAccept(sock: Socket): Future<[Socket, SocketAddress]>;
    /**
     * As {@link sendfile}, over a bare stream socket that does not block.
     *
     * @see CPython `loop.sock_sendfile`
     */
    sockSendfile(
      sock: Socket,
      file: SendfileSource,
      offset?: number | null,
      count?: number | null,
      options?: SendfileOptions,
    ): Future<number>;
    /**
     * Connects a stream to `host` and `port`, and gives its transport and the protocol that `factory`
     * made; `connectionMade` has run. A host with several addresses is tried at all of them.
     *
     * Rejects with the error of the system, or one that names every address tried; `ValueError` and
     * `TypeError` for arguments that do not fit, before anything is opened.
     *
     * @see CPython `loop.create_connection`
     */
    createConnection<P extends AnyStreamProtocol>(
      factory: ProtocolFactory<P>,
      host?: Host,
      port?: Port,
      options?: CreateConnectionOptions,
    ): Future<[Transport, P]>;
    /**
     * Listens on `host` (one, several, or all interfaces for `null` and `''`) and `port` (0: a free
     * one), with a protocol of `factory` for each connection.
     *
     * @see CPython `loop.create_server`
     */
    createServer(
      factory: ProtocolFactory<AnyStreamProtocol>,
      host?: string | readonly string[] | null,
      port?: Port,
      options?: CreateServerOptions,
    ): Future<Server>;
    /**
     * Opens a datagram socket: UDP, or with `family: AF_UNIX` a Unix socket, whose addresses are paths.
     * Gives its transport and the protocol that `factory` made; `connectionMade` has run.
     *
     * With `remoteAddr` all datagrams go there, and others are not received; with a family alone the
     * system chooses a port at the first send. Addresses given to `sendto()` are numeric.
     *
     * @see CPython `loop.create_datagram_endpoint`; udp(7), unix(7)
     */
    createDatagramEndpoint<P extends AnyDatagramProtocol>(
      factory: ProtocolFactory<P>,
      options?: CreateDatagramEndpointOptions,
    ): Future<[DatagramTransport, P]>;
    /**
     * Connects a stream to the Unix socket at `path`: text, bytes or a `file:` URL, or a name in Linux'
     * abstract namespace, which starts with `\0`. Not on Windows (`NotImplementedError`).
     *
     * Rejects with the error of the system (`ENOENT`, `ECONNREFUSED`).
     *
     * @see CPython `loop.create_unix_connection`; unix(7)
     */
    createUnixConnection<P extends AnyStreamProtocol>(
      factory: ProtocolFactory<P>,
      path?: UnixPath | null,
      options?: CreateUnixConnectionOptions,
    ): Future<[Transport, P]>;
    /**
     * Listens on the Unix socket at `path`, as {@link createServer} does on a port. A socket that is
     * there already is replaced, any other file left alone (`EADDRINUSE`). Closing the server removes
     * the file, unless it has been replaced.
     *
     * @see CPython `loop.create_unix_server`
     */
    createUnixServer(
      factory: ProtocolFactory<AnyStreamProtocol>,
      path?: UnixPath | null,
      options?: CreateUnixServerOptions,
    ): Future<Server>;
    /**
     * Puts a transport on a connection that was accepted elsewhere; the transport owns the socket.
     *
     * @see CPython `loop.connect_accepted_socket`
     */
    connectAcceptedSocket<P extends AnyStreamProtocol>(
      factory: ProtocolFactory<P>,
      sock: Socket,
      options?: TlsServerOptions,
    ): Future<[Transport, P]>;
    /**
     * Goes on with a connection over TLS, and gives the transport that `protocol` has to use from then on;
     * `null` if the connection is closing. The protocol hears nothing of it.
     *
     * What was written before goes out in plain first. Reading in plain ends with the call: what arrives
     * from then on is TLS or fails. A peer need not wait for an answer, so the protocol may have got the
     * beginning of TLS already, behind the request to start it: that goes into `received`.
     *
     * Rejects like `createConnection`; the connection is closed then, and `connectionLost` called.
     *
     * @see CPython `loop.start_tls`
     */
    startTls(
      transport: Transport,
      protocol: AnyStreamProtocol,
      sslcontext: SSLContext,
      options?: StartTlsOptions,
    ): Future<TlsTransport | null>;
    /**
     * Sends `count` bytes of a regular file from `offset` on (`null`: all of it) over a stream, and gives
     * the number of bytes sent; fewer if the file ends before. What was written before goes out first.
     * Until it is done others cannot write to the transport, and it does not read.
     *
     * On Linux sockets of the selector backend the kernel copies, by sendfile(2). Elsewhere, and over TLS,
     * the file is read and written piece by piece, unless `fallback` is false: then it rejects with
     * `SendfileNotAvailableError`, over TLS with `RuntimeError`. Afterwards, be it by an error or by
     * cancellation, the file's position is behind the last byte that was sent, where there is FFI.
     *
     * @param file - An open descriptor or a `FileHandle`. It stays open.
     * @see CPython `loop.sendfile`
     */
    sendfile(
      transport: WriteTransport,
      file: SendfileSource,
      offset?: number | null,
      count?: number | null,
      options?: SendfileOptions,
    ): Future<number>;
    /**
     * Reads from a pipe, FIFO, socket or terminal by a protocol. The transport makes it non-blocking,
     * owns it and closes it.
     *
     * Rejects with `ValueError` for files and directories. A factory that throws leaves the pipe open.
     *
     * @see CPython `loop.connect_read_pipe`
     */
    connectReadPipe<P extends ReadPipeProtocol>(
      factory: ProtocolFactory<P>,
      pipe: PipeObject,
    ): Future<[ReadTransport, P]>;
    /**
     * Writes to a pipe, FIFO, socket or terminal; as {@link connectReadPipe}.
     *
     * @see CPython `loop.connect_write_pipe`
     */
    connectWritePipe<P extends WritePipeProtocol>(
      factory: ProtocolFactory<P>,
      pipe: PipeObject,
    ): Future<[WriteTransport, P]>;
    /**
     * The addresses of a host, by the system's resolver and off the loop's thread.
     *
     * @see CPython `loop.getaddrinfo`; getaddrinfo(3)
     */
    getaddrinfo(host: Host, port: Port, options?: ResolveOptions): Future<AddressInfo[]>;
    /**
     * The host and service of an address.
     *
     * @see CPython `loop.getnameinfo`; getnameinfo(3)
     */
    getnameinfo(address: SocketAddress, flags?: number): Future<[host: string, service: string]>;
  }
}

/** A method that starts a coroutine of the calling task. */
function method<A extends readonly unknown[]>(
  coroutine: (loop: EventLoop, ...args: A) => Coroutine<unknown>,
): (this: EventLoop, ...args: A) => Future {
  return function (this: EventLoop, ...args: A) {
    return operation(() => coroutine(this, ...args), this);
  };
}

registerExtension({
  name: '@loop/net',
  methods: {
    addReader(fd: FileObject, callback: () => unknown, ...args: readonly never[]) {
      addReader(this, fd, callback, args);
    },
    removeReader(fd: FileObject) {
      return removeReader(this, fd);
    },
    addWriter(fd: FileObject, callback: () => unknown, ...args: readonly never[]) {
      addWriter(this, fd, callback, args);
    },
    removeWriter(fd: FileObject) {
      return removeWriter(this, fd);
    },
    sockRecv: method(sockets.sockRecv),
    sockRecvInto: method(sockets.sockRecvInto),
    sockRecvfrom: method(sockets.sockRecvfrom),
    sockRecvfromInto: method((loop, sock: Socket, buf: Uint8Array, nbytes?: number) =>
      sockets.sockRecvfromInto(loop, sock, buf, nbytes ?? 0),
    ),
    sockSendall: method(sockets.sockSendall),
    sockSendto: method(sockets.sockSendto),
    sockConnect: method(sockets.sockConnect),
    sockAccept: method(sockets.sockAccept),
    sockSendfile: method(
      (
        loop,
        sock: Socket,
        file: SendfileSource,
        offset?: number | null,
        count?: number | null,
        options?: SendfileOptions,
      ) => sockSendfile(loop, sock, file, offset ?? 0, count ?? null, options ?? {}),
    ),
    sendfile: method(
      (
        loop,
        transport: WriteTransport,
        file: SendfileSource,
        offset?: number | null,
        count?: number | null,
        options?: SendfileOptions,
      ) => sendfile(loop, transport, file, offset ?? 0, count ?? null, options ?? {}),
    ),
    createConnection: method(
      (
        loop,
        factory: ProtocolFactory<AnyStreamProtocol>,
        host?: Host,
        port?: Port,
        options?: CreateConnectionOptions,
      ) => createConnection(loop, factory, host, port, options ?? {}),
    ),
    createServer: method(
      (
        loop,
        factory: ProtocolFactory<AnyStreamProtocol>,
        host?: string | readonly string[] | null,
        port?: Port,
        options?: CreateServerOptions,
      ) => createServer(loop, factory, host, port, options ?? {}),
    ),
    createDatagramEndpoint: method(
      (
        loop,
        factory: ProtocolFactory<AnyDatagramProtocol>,
        options?: CreateDatagramEndpointOptions,
      ) => createDatagramEndpoint(loop, factory, options ?? {}),
    ),
    createUnixConnection: method(
      (
        loop,
        factory: ProtocolFactory<AnyStreamProtocol>,
        path?: UnixPath | null,
        options?: CreateUnixConnectionOptions,
      ) => createUnixConnection(loop, factory, path, options ?? {}),
    ),
    createUnixServer: method(
      (
        loop,
        factory: ProtocolFactory<AnyStreamProtocol>,
        path?: UnixPath | null,
        options?: CreateUnixServerOptions,
      ) => createUnixServer(loop, factory, path, options ?? {}),
    ),
    connectAcceptedSocket: method(
      (
        loop,
        factory: ProtocolFactory<AnyStreamProtocol>,
        sock: Socket,
        options?: TlsServerOptions,
      ) => connectAcceptedSocket(loop, factory, sock, options ?? {}),
    ),
    startTls: method(
      (
        loop,
        transport: Transport,
        protocol: AnyStreamProtocol,
        sslcontext: SSLContext,
        options?: StartTlsOptions,
      ) => startTls(loop, transport, protocol, sslcontext, options ?? {}),
    ),
    connectReadPipe: method((loop, factory: ProtocolFactory<ReadPipeProtocol>, pipe: PipeObject) =>
      connectReadPipe(loop, factory, pipe),
    ),
    connectWritePipe: method(
      (loop, factory: ProtocolFactory<WritePipeProtocol>, pipe: PipeObject) =>
        connectWritePipe(loop, factory, pipe),
    ),
    getaddrinfo(host: Host, port: Port, options?: ResolveOptions) {
      return getaddrinfo(this, host, port, options);
    },
    getnameinfo(address: SocketAddress, flags?: number) {
      return getnameinfo(this, address, flags);
    },
  },
  close: closeBackend,
});

Object.defineProperty(EventLoop.prototype, 'backend', {
  configurable: true,
  get(this: EventLoop) {
    return backendName(this);
  },
});
