/*
 * The load of TLS servers in `pnpm bench net`: tls-generator MODE TRANSPORT ADDRESS CONNECTIONS SIZE.
 *
 * As generator.c, which explains the conversation, over TLS 1.3 with whatever certificate the server has.
 *
 * Modes: echo     every connection sends SIZE bytes, and again once they have come back
 *        connect  every connection is made, with a full handshake, for one exchange of SIZE bytes, then ended
 *        resume   the same, with the session of an earlier connection
 *        hold     the connections are made at the first command, have one exchange each, and stay
 * Transport: tcp (ADDRESS is a port of 127.0.0.1).
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#ifndef IP_BIND_ADDRESS_NO_PORT
#define IP_BIND_ADDRESS_NO_PORT 24
#endif

enum mode { ECHO, CONNECT, RESUME, HOLD };

static const char *const mode_names[] = {"echo", "connect", "resume", "hold", NULL};

#define BATCH 1024
#define CHUNK 65536

struct connection {
  int fd;
  SSL *ssl;
  int busy;
  int goodbye;
  long unsent;
  long unreceived;
  int wants_out;
};

static enum mode mode;
static const char *address;
static long connection_count;
static long size;

static SSL_CTX *context;
static SSL_SESSION *session;
static struct connection *connections;
static char *payload;
static char *received;
static int epoll_fd;
static long to_begin;
static long to_end;

static void fail(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  vfprintf(stderr, format, arguments);
  va_end(arguments);
  fprintf(stderr, "\n");
  ERR_print_errors_fp(stderr);
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

static int new_session(SSL *ssl, SSL_SESSION *offered) {
  (void)ssl;
  /* One ticket does for all: the servers accept it as often as it comes. */
  if (session != NULL) SSL_SESSION_free(session);
  session = offered;
  return 1;
}

static void open_connection(struct connection *connection) {
  int one = 1;
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) fail("socket: %s", strerror(errno));
  struct sockaddr_in peer = {.sin_family = AF_INET, .sin_port = htons(atoi(address))};
  peer.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  bind_source(fd);
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  if (connect(fd, (struct sockaddr *)&peer, sizeof peer) < 0) fail("connect to %s: %s", address, strerror(errno));
  fcntl(fd, F_SETFL, O_NONBLOCK);
  *connection = (struct connection){.fd = fd, .ssl = SSL_new(context)};
  SSL_set_fd(connection->ssl, fd);
  SSL_set_connect_state(connection->ssl);
  SSL_set_tlsext_host_name(connection->ssl, "localhost");
  if (mode == RESUME && session != NULL) SSL_set_session(connection->ssl, session);
  watch(EPOLL_CTL_ADD, connection, EPOLLIN);
}

static void check(struct connection *connection, int result) {
  int error = SSL_get_error(connection->ssl, result);
  if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE) return;
  fail("TLS error %d", error);
}

/* Goes on with the handshake, and sends what the peer takes now. */
static void send_rest(struct connection *connection) {
  while (connection->unsent > 0) {
    int sent = SSL_write(connection->ssl, payload + size - connection->unsent, connection->unsent);
    if (sent <= 0) {
      check(connection, sent);
      break;
    }
    connection->unsent -= sent;
  }
  int wants_out = connection->unsent > 0 && SSL_want_write(connection->ssl);
  if (wants_out != connection->wants_out) {
    connection->wants_out = wants_out;
    watch(EPOLL_CTL_MOD, connection, EPOLLIN | (wants_out ? EPOLLOUT : 0));
  }
}

static void begin(struct connection *connection) {
  if (to_begin == 0) return;
  to_begin -= 1;
  if (mode == CONNECT || mode == RESUME) open_connection(connection);
  connection->busy = 1;
  connection->unsent = connection->unreceived = size;
  send_rest(connection);
}

static void end(struct connection *connection) {
  connection->busy = 0;
  to_end -= 1;
  begin(connection);
}

static void close_connection(struct connection *connection) {
  SSL_free(connection->ssl);
  close(connection->fd);
  end(connection);
}

static void readable(struct connection *connection) {
  if (connection->unsent > 0) send_rest(connection);
  for (;;) {
    int count = SSL_read(connection->ssl, received, CHUNK);
    if (count <= 0) {
      int error = SSL_get_error(connection->ssl, count);
      int is_over = error == SSL_ERROR_ZERO_RETURN || error == SSL_ERROR_SYSCALL || error == SSL_ERROR_SSL;
      if (connection->goodbye && is_over) {
        ERR_clear_error();
        close_connection(connection);
        return;
      }
      check(connection, count);
      return;
    }
    if (!connection->busy || count > connection->unreceived) fail("more came back than was sent");
    connection->unreceived -= count;
    if (connection->unreceived > 0) continue;
    if (mode == ECHO || mode == HOLD) {
      end(connection);
      continue;
    }
    /* Both ends of a short connection say goodbye; it is over when the server has. */
    connection->goodbye = 1;
    SSL_shutdown(connection->ssl);
  }
}

static void run(long count) {
  static struct epoll_event events[BATCH];
  to_begin = to_end = count;
  for (long i = 0; i < connection_count && to_begin > 0; i += 1) begin(&connections[i]);
  while (to_end > 0) {
    int ready = epoll_wait(epoll_fd, events, BATCH, -1);
    for (int i = 0; i < ready; i += 1) {
      struct connection *connection = events[i].data.ptr;
      if (events[i].events & EPOLLOUT) send_rest(connection);
      if (events[i].events & ~EPOLLOUT) readable(connection);
    }
  }
}

static enum mode mode_of(const char *name) {
  for (int i = 0; mode_names[i] != NULL; i += 1) {
    if (strcmp(mode_names[i], name) == 0) return i;
  }
  fail("Unknown mode %s", name);
  return ECHO;
}

static void open_all(void) {
  for (long i = 0; i < connection_count; i += 1) open_connection(&connections[i]);
}

int main(int count, char **arguments) {
  if (count != 6) fail("Usage: tls-generator MODE TRANSPORT ADDRESS CONNECTIONS SIZE");
  mode = mode_of(arguments[1]);
  address = arguments[3];
  connection_count = atol(arguments[4]);
  size = atol(arguments[5]);
  /* A client elsewhere would not interrupt the server with each answer: nor does one on its core. */
  sched_setscheduler(0, SCHED_BATCH, &(struct sched_param){0});
  struct rlimit limit;
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  context = SSL_CTX_new(TLS_client_method());
  SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION);
  SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_options(context, SSL_OP_IGNORE_UNEXPECTED_EOF);
  if (mode == RESUME) {
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
    SSL_CTX_sess_set_new_cb(context, new_session);
  }
  connections = calloc(connection_count, sizeof *connections);
  payload = malloc(size + 1);
  memset(payload, 'x', size);
  received = malloc(CHUNK);
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
