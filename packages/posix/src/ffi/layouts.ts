/**
 * The sizes and offsets of the C structs that this package writes byte by byte, and the proof, at
 * load, that the C ABI of this process has them so. Where macOS differs the difference is in the table.
 */
import { endianness } from 'node:os';
import type { CType, Koffi } from './koffi.ts';

const darwin = process.platform === 'darwin';

/** On x64 the kernel packs `struct epoll_event`; elsewhere its 64-bit half is aligned. */
export const epollEvent = process.arch === 'x64' ? { size: 12, data: 4 } : { size: 16, data: 8 };
export const pollfd = { size: 8, fd: 0, events: 4, revents: 6 };
export const iovec = { size: 16, base: 0, length: 8 };
export const msghdr = { size: 56, name: 0, nameLength: 8, vector: 16, vectorLength: 24 };
export const mmsghdr = { size: 64, length: 56 };
export const itimerspec = { size: 32, value: 16 };
export const timespec = { size: 16, nanoseconds: 8 };
export const addrinfo = {
  size: 48,
  flags: 0,
  family: 4,
  type: 8,
  protocol: 12,
  addressLength: 16,
  address: darwin ? 32 : 24,
  canonicalName: darwin ? 24 : 32,
  next: 40,
};
/** `struct kevent` of macOS and FreeBSD's first five members. */
export const kevent = { size: 32, ident: 0, filter: 8, flags: 10, data: 16 };

/** `struct io_uring_params`, and offsets within its two tables, of where the rings' words are. */
export const uringParams = {
  size: 120,
  submissionEntries: 0,
  completionEntries: 4,
  flags: 8,
  submissions: 40,
  completions: 80,
  head: 0,
  tail: 4,
  mask: 8,
  array: 24,
  entries: 20,
};
/** `struct io_uring_sqe` and `struct io_uring_cqe`. */
export const submission = { size: 64 };
export const completion = { size: 16 };

/** `uv_poll_t` and the two places in it that wake-up touches: libuv 1.x on 64-bit Unix. */
export const uvPoll = { type: 8, size: 160, flags: 88 };

interface Declared {
  readonly name: string;
  readonly type: CType;
  readonly size: number;
  readonly offsets: Readonly<Record<string, number>>;
}

/** The structs once more, as their headers declare them, for the compiler in koffi to lay out. */
function declared(koffi: Koffi): Declared[] {
  return [
    {
      name: 'epoll_event',
      type: koffi[process.arch === 'x64' ? 'pack' : 'struct']({
        events: 'uint32_t',
        data: 'uint64_t',
      }),
      size: epollEvent.size,
      offsets: { data: epollEvent.data },
    },
    {
      name: 'pollfd',
      type: koffi.struct({ fd: 'int', events: 'short', revents: 'short' }),
      size: pollfd.size,
      offsets: { events: pollfd.events, revents: pollfd.revents },
    },
    {
      name: 'iovec',
      type: koffi.struct({ iov_base: 'void *', iov_len: 'size_t' }),
      size: iovec.size,
      offsets: { iov_len: iovec.length },
    },
    {
      name: 'msghdr',
      type: koffi.struct({
        msg_name: 'void *',
        msg_namelen: 'uint32_t',
        msg_iov: 'void *',
        msg_iovlen: 'size_t',
        msg_control: 'void *',
        msg_controllen: 'size_t',
        msg_flags: 'int',
      }),
      size: msghdr.size,
      offsets: {
        msg_namelen: msghdr.nameLength,
        msg_iov: msghdr.vector,
        msg_iovlen: msghdr.vectorLength,
      },
    },
    {
      name: 'itimerspec',
      type: koffi.struct({
        it_sec: 'long',
        it_nsec: 'long',
        value_sec: 'long',
        value_nsec: 'long',
      }),
      size: itimerspec.size,
      offsets: { value_sec: itimerspec.value },
    },
    {
      name: 'addrinfo',
      type: koffi.struct({
        ai_flags: 'int',
        ai_family: 'int',
        ai_socktype: 'int',
        ai_protocol: 'int',
        ai_addrlen: 'uint32_t',
        first: 'void *',
        second: 'void *',
        ai_next: 'void *',
      }),
      size: addrinfo.size,
      offsets: { ai_addrlen: addrinfo.addressLength, first: 24, ai_next: addrinfo.next },
    },
  ];
}

/**
 * @throws {Error} This process lays out C structs in another way than the code writes them.
 */
export function assertLayouts(koffi: Koffi): void {
  if (endianness() !== 'LE') throw new Error('this processor is big-endian');
  for (const { name, type, size, offsets } of declared(koffi)) {
    if (type.size !== size) throw new Error(`struct ${name} has ${type.size} bytes, not ${size}`);
    for (const [member, offset] of Object.entries(offsets)) {
      const found = koffi.offsetof(type, member);
      if (found !== offset) throw new Error(`${name}.${member} is at ${found}, not at ${offset}`);
    }
  }
}
