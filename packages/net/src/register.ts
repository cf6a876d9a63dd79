/**
 * What this package does when it is imported: puts its methods on the loops.
 */
import {
  operation,
  registerExtension,
  type Coroutine,
  type EventLoop,
  type Future,
} from '@loop/core';
import type { FileObject, Socket, SocketAddress } from '@loop/posix';
import { closeUnusedSelector } from './backend/selector-backend.ts';
import { addReader, addWriter, removeReader, removeWriter } from './socket/fd-watchers.ts';
import * as sockets from './socket/socket-methods.ts';

declare module '@loop/core' {
  interface EventLoop {
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
  },
  close: closeUnusedSelector,
});
