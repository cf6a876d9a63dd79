/*
 * The load of `pnpm bench net`: generator MODE TRANSPORT ADDRESS CONNECTIONS SIZE.
 *
 * It says {"ready":true}, then answers each line of standard input, a number of operations, with a line
 * of JSON: how many were done, and the seconds of time and of its own CPU time that they took.
 *
 * Modes: echo     every connection sends SIZE bytes, and again once they have come back
 *        connect  every connection is made for one exchange of SIZE bytes (0: none), then ended
 *        hold     the connections are made at the first command, have one exchange each, and stay
 * Transports: tcp, unix (ADDRESS is a port of 127.0.0.1, or a path), udp (one datagram at a time on each).
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#ifndef IP_BIND_ADDRESS_NO_PORT
#define IP_BIND_ADDRESS_NO_PORT 24
#endif

enum mode { ECHO, CONNECT, HOLD };
enum transport { TCP, UNIX, UDP };

static const char *const mode_names[] = {"echo", "connect", "hold", NULL};
static const char *const transport_names[] = {"tcp", "unix", "udp", NULL};

/* A datagram that does not come back within so many milliseconds is sent again. */
#define RESEND_MS 1000
#define BATCH 1024

struct connection {
  int fd;
  /* Whether an operation is under way, and what is left of it. */
  int busy;
  long unsent;
  long unreceived;
  int wants_out;
};

static enum mode mode;
static enum transport transport;
static const char *address;
static long connection_count;
static long size;

static struct connection *connections;
static char *payload;
static char *received;
static int epoll_fd;
/* Operations that have not begun, and those that have not ended. */
static long to_begin;
static long to_end;

static void fail(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  vfprintf(stderr, format, arguments);
  va_end(arguments);
  fprintf(stderr, "\n");
  exit(1);
}

static double seconds(clockid_t clock) {
  struct timespec now;
  clock_gettime(clock, &now);
  return now.tv_sec + now.tv_nsec / 1e9;
}

static void watch(int operation, struct connection *connection, uint32_t events) {
  struct epoll_event event = {.events = events, .data.ptr = connection};
  if (epoll_ctl(epoll_fd, operation, connection->fd, &event) < 0) fail("epoll_ctl: %s", strerror(errno));
}

/* Connections come from many addresses: ports of closed ones stay taken for a minute. */
static void bind_source(int fd) {
  static unsigned next = 0;
  int one = 1;
  struct sockaddr_in source = {.sin_family = AF_INET};
  source.sin_addr.s_addr = htonl(0x7f000002u + next++ % 2000);
  setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof one);
  if (bind(fd, (struct sockaddr *)&source, sizeof source) < 0) fail("bind: %s", strerror(errno));
}

static void open_connection(struct connection *connection) {
  int one = 1;
  int type = transport == UDP ? SOCK_DGRAM : SOCK_STREAM;
  int fd = socket(transport == UNIX ? AF_UNIX : AF_INET, type | SOCK_CLOEXEC, 0);
  if (fd < 0) fail("socket: %s", strerror(errno));
  int result;
  if (transport == UNIX) {
    struct sockaddr_un peer = {.sun_family = AF_UNIX};
    strncpy(peer.sun_path, address, sizeof peer.sun_path - 1);
    result = connect(fd, (struct sockaddr *)&peer, sizeof peer);
  } else {
    struct sockaddr_in peer = {.sin_family = AF_INET, .sin_port = htons(atoi(address))};
    peer.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (transport == TCP) {
      bind_source(fd);
      setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    }
    result = connect(fd, (struct sockaddr *)&peer, sizeof peer);
  }
  if (result < 0) fail("connect to %s: %s", address, strerror(errno));
  fcntl(fd, F_SETFL, O_NONBLOCK);
  *connection = (struct connection){.fd = fd};
  watch(EPOLL_CTL_ADD, connection, EPOLLIN);
}

/* Sends what the peer takes now. */
static void send_rest(struct connection *connection) {
  while (connection->unsent > 0) {
    ssize_t sent = send(connection->fd, payload + size - connection->unsent, connection->unsent, MSG_NOSIGNAL);
    if (sent < 0 && errno != EAGAIN) fail("send: %s", strerror(errno));
    if (sent < 0) break;
    connection->unsent -= sent;
  }
  int wants_out = connection->unsent > 0;
  if (wants_out != connection->wants_out) {
    connection->wants_out = wants_out;
    watch(EPOLL_CTL_MOD, connection, EPOLLIN | (wants_out ? EPOLLOUT : 0));
  }
}

static void begin(struct connection *connection) {
  if (to_begin == 0) return;
  to_begin -= 1;
  if (mode == CONNECT) open_connection(connection);
  connection->busy = 1;
  connection->unsent = connection->unreceived = size;
  send_rest(connection);
  if (mode == CONNECT && size == 0) shutdown(connection->fd, SHUT_WR);
}

static void end(struct connection *connection) {
  connection->busy = 0;
  to_end -= 1;
  begin(connection);
}

static void readable(struct connection *connection) {
  ssize_t count = recv(connection->fd, received, size < 65536 ? 65536 : size, 0);
  if (count < 0 && errno == EAGAIN) return;
  if (count < 0) fail("recv: %s", strerror(errno));
  if (count == 0 && transport != UDP) {
    if (mode != CONNECT || connection->unreceived > 0) fail("the server closed a connection");
    close(connection->fd);
    end(connection);
    return;
  }
  if (!connection->busy || count > connection->unreceived) fail("more came back than was sent");
  connection->unreceived -= count;
  if (connection->unreceived > 0) return;
  /* Both ends of a short connection close; it is over when the server has. */
  if (mode == CONNECT) shutdown(connection->fd, SHUT_WR);
  else end(connection);
}

static void resend(void) {
  if (transport != UDP) return;
  for (long i = 0; i < connection_count; i += 1) {
    if (!connections[i].busy) continue;
    connections[i].unsent = size;
    send_rest(&connections[i]);
  }
}

static void run(long count) {
  static struct epoll_event events[BATCH];
  to_begin = to_end = count;
  for (long i = 0; i < connection_count && to_begin > 0; i += 1) begin(&connections[i]);
  while (to_end > 0) {
    int ready = epoll_wait(epoll_fd, events, BATCH, RESEND_MS);
    if (ready == 0) resend();
    for (int i = 0; i < ready; i += 1) {
      struct connection *connection = events[i].data.ptr;
      if (events[i].events & EPOLLOUT) send_rest(connection);
      if (events[i].events & ~EPOLLOUT) readable(connection);
    }
  }
}

static int index_of(const char *const *names, const char *name) {
  for (int i = 0; names[i] != NULL; i += 1) {
    if (strcmp(names[i], name) == 0) return i;
  }
  fail("Unknown argument %s", name);
  return -1;
}

static void open_all(void) {
  for (long i = 0; i < connection_count; i += 1) open_connection(&connections[i]);
}

int main(int count, char **arguments) {
  if (count != 6) fail("Usage: generator MODE TRANSPORT ADDRESS CONNECTIONS SIZE");
  mode = index_of(mode_names, arguments[1]);
  transport = index_of(transport_names, arguments[2]);
  address = arguments[3];
  connection_count = atol(arguments[4]);
  size = atol(arguments[5]);
  /* A client elsewhere would not interrupt the server with each answer: nor does one on its core. */
  sched_setscheduler(0, SCHED_BATCH, &(struct sched_param){0});
  struct rlimit limit;
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  connections = calloc(connection_count, sizeof *connections);
  payload = malloc(size + 1);
  memset(payload, 'x', size);
  received = malloc(size < 65536 ? 65536 : size);
  epoll_fd = epoll_create1(EPOLL_CLOEXEC);
  if (mode == ECHO) open_all();
  printf("{\"ready\":true}\n");
  fflush(stdout);
  char line[64];
  int opened = mode != HOLD;
  while (fgets(line, sizeof line, stdin) != NULL) {
    double wall = seconds(CLOCK_MONOTONIC);
    double cpu = seconds(CLOCK_PROCESS_CPUTIME_ID);
    if (!opened) open_all();
    opened = 1;
    long operations = mode == HOLD ? connection_count : atol(line);
    run(operations);
    printf("{\"operations\":%ld,\"wall\":%.9f,\"cpu\":%.9f}\n", operations, seconds(CLOCK_MONOTONIC) - wall,
           seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu);
    fflush(stdout);
  }
  return 0;
}
