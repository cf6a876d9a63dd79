/**
 * The C functions that this package calls, beside their man pages: one line each, with the
 * prototype in C and its type in TypeScript.
 *
 * `Bytes` lends memory for the length of the call (an offset is a subarray's). `Address` is a number
 * from `PinnedBuffer` or from C: whoever passes one keeps its memory alive.
 */
import type { Signature } from './invoke.ts';

export type Bytes = ArrayBufferView | null;
export type Address = number;
export type Handle = bigint;

/** A call that reports failure by a negative result and errno: the result is `-errno` then. */
const call = <F>(prototype: string): Signature<F> => ({ prototype, errno: true });
/** A call whose result is passed on as it is. */
const plain = <F>(prototype: string): Signature<F> => ({ prototype, errno: false });

export const signatures = {
  // socket(2) and its relatives
  socket: call<(domain: number, type: number, protocol: number) => number>(
    'int socket(int domain, int type, int protocol)',
  ),
  socketpair: call<(domain: number, type: number, protocol: number, sv: Bytes) => number>(
    'int socketpair(int domain, int type, int protocol, int *sv)',
  ),
  bind: call<(fd: number, address: Bytes, length: number) => number>(
    'int bind(int fd, const void *addr, socklen_t addrlen)',
  ),
  listen: call<(fd: number, backlog: number) => number>('int listen(int fd, int backlog)'),
  accept4: call<(fd: number, address: Bytes, length: Bytes, flags: number) => number>(
    'int accept4(int fd, void *addr, socklen_t *addrlen, int flags)',
  ),
  accept: call<(fd: number, address: Bytes, length: Bytes) => number>(
    'int accept(int fd, void *addr, socklen_t *addrlen)',
  ),
  connect: call<(fd: number, address: Bytes, length: number) => number>(
    'int connect(int fd, const void *addr, socklen_t addrlen)',
  ),
  shutdown: call<(fd: number, how: number) => number>('int shutdown(int fd, int how)'),
  getsockname: call<(fd: number, address: Bytes, length: Bytes) => number>(
    'int getsockname(int fd, void *addr, socklen_t *addrlen)',
  ),
  getpeername: call<(fd: number, address: Bytes, length: Bytes) => number>(
    'int getpeername(int fd, void *addr, socklen_t *addrlen)',
  ),
  getsockopt: call<
    (fd: number, level: number, option: number, value: Bytes, length: Bytes) => number
  >('int getsockopt(int fd, int level, int optname, void *optval, socklen_t *optlen)'),
  setsockopt: call<
    (fd: number, level: number, option: number, value: Bytes, length: number) => number
  >('int setsockopt(int fd, int level, int optname, const void *optval, socklen_t optlen)'),

  // recv(2), send(2)
  recv: call<(fd: number, buffer: Bytes, length: number, flags: number) => number>(
    'ssize_t recv(int fd, void *buf, size_t len, int flags)',
  ),
  recvAt: call<(fd: number, buffer: Address, length: number, flags: number) => number>(
    'ssize_t recv(int fd, uintptr_t buf, size_t len, int flags)',
  ),
  recvfrom: call<
    (
      fd: number,
      buffer: Bytes,
      length: number,
      flags: number,
      address: Bytes,
      addressLength: Bytes,
    ) => number
  >('ssize_t recvfrom(int fd, void *buf, size_t len, int flags, void *addr, socklen_t *addrlen)'),
  recvmmsg: call<
    (fd: number, messages: Address, count: number, flags: number, timeout: Bytes) => number
  >('int recvmmsg(int fd, uintptr_t msgvec, unsigned int vlen, int flags, void *timeout)'),
  send: call<(fd: number, buffer: Bytes, length: number, flags: number) => number>(
    'ssize_t send(int fd, const void *buf, size_t len, int flags)',
  ),
  sendAt: call<(fd: number, buffer: Address, length: number, flags: number) => number>(
    'ssize_t send(int fd, uintptr_t buf, size_t len, int flags)',
  ),
  sendto: call<
    (
      fd: number,
      buffer: Bytes,
      length: number,
      flags: number,
      address: Bytes,
      addressLength: number,
    ) => number
  >(
    'ssize_t sendto(int fd, const void *buf, size_t len, int flags, const void *addr, socklen_t addrlen)',
  ),
  sendmmsg: call<(fd: number, messages: Address, count: number, flags: number) => number>(
    'int sendmmsg(int fd, uintptr_t msgvec, unsigned int vlen, int flags)',
  ),
  lseek: call<(fd: number, offset: number, whence: number) => number>(
    'int64_t lseek(int fd, int64_t offset, int whence)',
  ),
  sendfile: call<(out: number, input: number, offset: Bytes, count: number) => number>(
    'ssize_t sendfile(int out_fd, int in_fd, int64_t *offset, size_t count)',
  ),

  // descriptors: fcntl(2), pipe(2), read(2), write(2), writev(2)
  fcntl: call<(fd: number, command: number, argument: number) => number>(
    'int fcntl(int fd, int cmd, int arg)',
  ),
  close: call<(fd: number) => number>('int close(int fd)'),
  pipe2: call<(fds: Bytes, flags: number) => number>('int pipe2(int *pipefd, int flags)'),
  pipe: call<(fds: Bytes) => number>('int pipe(int *pipefd)'),
  read: call<(fd: number, buffer: Bytes, length: number) => number>(
    'ssize_t read(int fd, void *buf, size_t count)',
  ),
  readAt: call<(fd: number, buffer: Address, length: number) => number>(
    'ssize_t read(int fd, uintptr_t buf, size_t count)',
  ),
  write: call<(fd: number, buffer: Bytes, length: number) => number>(
    'ssize_t write(int fd, const void *buf, size_t count)',
  ),
  writev: call<(fd: number, vector: Address, count: number) => number>(
    'ssize_t writev(int fd, uintptr_t iov, int iovcnt)',
  ),

  // epoll(7), poll(2), kqueue(2)
  epoll_create1: call<(flags: number) => number>('int epoll_create1(int flags)'),
  epoll_ctl: call<(epfd: number, operation: number, fd: number, event: Bytes) => number>(
    'int epoll_ctl(int epfd, int op, int fd, void *event)',
  ),
  epoll_wait: call<(epfd: number, events: Address, count: number, timeoutMs: number) => number>(
    'int epoll_wait(int epfd, uintptr_t events, int maxevents, int timeout)',
  ),
  poll: call<(fds: Bytes, count: number, timeoutMs: number) => number>(
    'int poll(void *fds, unsigned long nfds, int timeout)',
  ),
  kqueue: call<() => number>('int kqueue(void)'),
  kevent: call<
    (
      kq: number,
      changes: Bytes,
      changeCount: number,
      events: Bytes,
      eventCount: number,
      timeout: Bytes,
    ) => number
  >(
    'int kevent(int kq, const void *changelist, int nchanges, void *eventlist, int nevents, const void *timeout)',
  ),

  // timerfd_create(2), eventfd(2)
  timerfd_create: call<(clock: number, flags: number) => number>(
    'int timerfd_create(int clockid, int flags)',
  ),
  timerfd_settime: call<(fd: number, flags: number, value: Address, old: Bytes) => number>(
    'int timerfd_settime(int fd, int flags, uintptr_t new_value, void *old_value)',
  ),
  eventfd: call<(initial: number, flags: number) => number>(
    'int eventfd(unsigned int initval, int flags)',
  ),

  // posix_spawn(3) and its relatives: they return errno itself
  posix_spawn: plain<
    (
      pid: Bytes,
      path: Bytes,
      actions: Address,
      attributes: Address,
      argv: Address,
      envp: Address,
    ) => number
  >(
    'int posix_spawn(int *pid, const void *path, uintptr_t file_actions, uintptr_t attrp, uintptr_t argv, uintptr_t envp)',
  ),
  posix_spawn_file_actions_init: plain<(actions: Address) => number>(
    'int posix_spawn_file_actions_init(uintptr_t file_actions)',
  ),
  posix_spawn_file_actions_destroy: plain<(actions: Address) => number>(
    'int posix_spawn_file_actions_destroy(uintptr_t file_actions)',
  ),
  posix_spawn_file_actions_adddup2: plain<(actions: Address, fd: number, newfd: number) => number>(
    'int posix_spawn_file_actions_adddup2(uintptr_t file_actions, int fildes, int newfildes)',
  ),
  posix_spawn_file_actions_addclose: plain<(actions: Address, fd: number) => number>(
    'int posix_spawn_file_actions_addclose(uintptr_t file_actions, int fildes)',
  ),
  posix_spawn_file_actions_addclosefrom_np: plain<(actions: Address, from: number) => number>(
    'int posix_spawn_file_actions_addclosefrom_np(uintptr_t file_actions, int from)',
  ),
  posix_spawn_file_actions_addchdir_np: plain<(actions: Address, path: Bytes) => number>(
    'int posix_spawn_file_actions_addchdir_np(uintptr_t file_actions, const void *path)',
  ),
  posix_spawnattr_init: plain<(attributes: Address) => number>(
    'int posix_spawnattr_init(uintptr_t attr)',
  ),
  posix_spawnattr_destroy: plain<(attributes: Address) => number>(
    'int posix_spawnattr_destroy(uintptr_t attr)',
  ),
  posix_spawnattr_setflags: plain<(attributes: Address, flags: number) => number>(
    'int posix_spawnattr_setflags(uintptr_t attr, short flags)',
  ),
  posix_spawnattr_setpgroup: plain<(attributes: Address, group: number) => number>(
    'int posix_spawnattr_setpgroup(uintptr_t attr, int pgroup)',
  ),
  posix_spawnattr_setsigdefault: plain<(attributes: Address, signals: Bytes) => number>(
    'int posix_spawnattr_setsigdefault(uintptr_t attr, const void *sigdefault)',
  ),
  umask: plain<(mask: number) => number>('unsigned int umask(unsigned int mask)'),
  access: call<(path: Bytes, mode: number) => number>('int access(const void *path, int mode)'),

  // waitpid(2), kill(2), pidfd_open(2), pidfd_send_signal(2), getpwnam(3), getgrnam(3)
  waitpid: call<(pid: number, status: Bytes, options: number) => number>(
    'int waitpid(int pid, int *wstatus, int options)',
  ),
  kill: call<(pid: number, signal: number) => number>('int kill(int pid, int sig)'),
  pidfd_open: call<(number: number, pid: number, flags: number) => number>(
    'long syscall(long number, int pid, unsigned int flags)',
  ),
  pidfd_send_signal: call<
    (number: number, pidfd: number, signal: number, info: Address, flags: number) => number
  >('long syscall(long number, int pidfd, int sig, uintptr_t info, unsigned int flags)'),
  getpwnam: plain<(name: string) => Address>('uintptr_t getpwnam(const char *name)'),
  getgrnam: plain<(name: string) => Address>('uintptr_t getgrnam(const char *name)'),

  // io_uring(7), mmap(2)
  io_uring_setup: call<(number: number, entries: number, parameters: Bytes) => number>(
    'long syscall(long number, unsigned int entries, void *params)',
  ),
  io_uring_enter: call<
    (
      number: number,
      fd: number,
      submit: number,
      complete: number,
      flags: number,
      signals: Address,
    ) => number
  >(
    'long syscall(long number, int fd, unsigned int to_submit, unsigned int min_complete, unsigned int flags, uintptr_t sig)',
  ),
  mmap: plain<
    (
      address: Address,
      length: number,
      protection: number,
      flags: number,
      fd: number,
      offset: number,
    ) => Address
  >('uintptr_t mmap(uintptr_t addr, size_t length, int prot, int flags, int fd, int64_t offset)'),
  munmap: call<(address: Address, length: number) => number>(
    'int munmap(uintptr_t addr, size_t length)',
  ),

  // inet_pton(3), if_nametoindex(3), getaddrinfo(3), getnameinfo(3)
  inet_pton: call<(family: number, text: string, address: Bytes) => number>(
    'int inet_pton(int af, const char *src, void *dst)',
  ),
  inet_ntop: plain<(family: number, address: Bytes, text: Bytes, length: number) => Address>(
    'uintptr_t inet_ntop(int af, const void *src, char *dst, socklen_t size)',
  ),
  if_nametoindex: plain<(name: string) => number>(
    'unsigned int if_nametoindex(const char *ifname)',
  ),
  getaddrinfo: plain<
    (node: string | null, service: string | null, hints: Bytes, result: Bytes) => number
  >('int getaddrinfo(const char *node, const char *service, const void *hints, uint64_t *res)'),
  freeaddrinfo: plain<(result: Address) => void>('void freeaddrinfo(uintptr_t res)'),
  getnameinfo: plain<
    (
      address: Bytes,
      length: number,
      host: Bytes,
      hostLength: number,
      service: Bytes,
      serviceLength: number,
      flags: number,
    ) => number
  >(
    'int getnameinfo(const void *addr, socklen_t addrlen, char *host, socklen_t hostlen, char *serv, socklen_t servlen, int flags)',
  ),

  // strlen(3), malloc(3)
  strlen: plain<(text: Address) => number>('size_t strlen(uintptr_t s)'),
  malloc: plain<(size: number) => Address>('uintptr_t malloc(size_t size)'),
  free: plain<(address: Address) => void>('void free(uintptr_t ptr)'),

  // libuv and Node-API, which Node's executable exports
  uv_handle_size: plain<(type: number) => number>('size_t uv_handle_size(int type)'),
  uv_poll_init: plain<(loop: Address, handle: Address, fd: number) => number>(
    'int uv_poll_init(uintptr_t loop, uintptr_t handle, int fd)',
  ),
  uv_poll_start: plain<(handle: Address, events: number, callback: Address) => number>(
    'int uv_poll_start(uintptr_t handle, int events, uintptr_t cb)',
  ),
  uv_poll_stop: plain<(handle: Address) => number>('int uv_poll_stop(uintptr_t handle)'),
  uv_close: plain<(handle: Address, callback: Address) => void>(
    'void uv_close(uintptr_t handle, uintptr_t close_cb)',
  ),
  uv_ref: plain<(handle: Address) => void>('void uv_ref(uintptr_t handle)'),
  uv_unref: plain<(handle: Address) => void>('void uv_unref(uintptr_t handle)'),
  napi_get_uv_event_loop: plain<(env: Handle, loop: Bytes) => number>(
    'int napi_get_uv_event_loop(void *env, uint64_t *loop)',
  ),
  napi_add_env_cleanup_hook: plain<(env: Handle, hook: Address, argument: Address) => number>(
    'int napi_add_env_cleanup_hook(void *env, uintptr_t fun, uintptr_t arg)',
  ),
  napi_remove_env_cleanup_hook: plain<(env: Handle, hook: Address, argument: Address) => number>(
    'int napi_remove_env_cleanup_hook(void *env, uintptr_t fun, uintptr_t arg)',
  ),
};
