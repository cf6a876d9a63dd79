/* An echo server on epoll: native PEER tcp|unix|buffered PATH. What a peer cannot take waits in memory of its own. */
#define _GNU_SOURCE
#include "../server_process.h"
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>

#define BACKLOG 4096
#define BATCH 1024
#define BUFFER (256 * 1024)

struct connection {
  int fd;
  char *waiting;
  size_t length;
};

static int epoll_fd;
static char buffer[BUFFER];

static void watch(int operation, struct connection *connection, uint32_t events) {
  struct epoll_event event = {.events = events, .data.ptr = connection};
  epoll_ctl(epoll_fd, operation, connection->fd, &event);
}

static void drop(struct connection *connection) {
  close(connection->fd);
  free(connection->waiting);
  free(connection);
}

static void keep(struct connection *connection, const char *data, size_t length) {
  if (connection->length == 0) watch(EPOLL_CTL_MOD, connection, EPOLLIN | EPOLLOUT);
  connection->waiting = realloc(connection->waiting, connection->length + length);
  memcpy(connection->waiting + connection->length, data, length);
  connection->length += length;
}

static void writable(struct connection *connection) {
  ssize_t sent = send(connection->fd, connection->waiting, connection->length, MSG_NOSIGNAL);
  if (sent <= 0) return;
  connection->length -= sent;
  memmove(connection->waiting, connection->waiting + sent, connection->length);
  if (connection->length == 0) watch(EPOLL_CTL_MOD, connection, EPOLLIN);
}

static int readable(struct connection *connection) {
  ssize_t count = recv(connection->fd, buffer, BUFFER, 0);
  if (count < 0 && errno == EAGAIN) return 1;
  if (count <= 0) return 0;
  ssize_t sent = 0;
  if (connection->length == 0) {
    sent = send(connection->fd, buffer, count, MSG_NOSIGNAL);
    if (sent < 0 && errno != EAGAIN) return 0;
    if (sent < 0) sent = 0;
  }
  if (sent < count) keep(connection, buffer + sent, count - sent);
  return 1;
}

static void accept_all(int listener) {
  int one = 1;
  for (;;) {
    int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0) return;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    struct connection *connection = calloc(1, sizeof *connection);
    connection->fd = fd;
    watch(EPOLL_CTL_ADD, connection, EPOLLIN);
  }
}

int main(int count, char **arguments) {
  int is_unix = count > 2 && strcmp(arguments[2], "unix") == 0;
  const char *path = is_unix ? arguments[3] : NULL;
  int port = 0;
  int listener = socket(is_unix ? AF_UNIX : AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (is_unix) {
    struct sockaddr_un name = {.sun_family = AF_UNIX};
    strncpy(name.sun_path, path, sizeof name.sun_path - 1);
    if (bind(listener, (struct sockaddr *)&name, sizeof name) < 0) return 1;
  } else {
    struct sockaddr_in name = {.sin_family = AF_INET};
    socklen_t length = sizeof name;
    name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (bind(listener, (struct sockaddr *)&name, sizeof name) < 0) return 1;
    getsockname(listener, (struct sockaddr *)&name, &length);
    port = ntohs(name.sin_port);
  }
  if (listen(listener, BACKLOG) < 0) return 1;
  epoll_fd = epoll_create1(EPOLL_CLOEXEC);
  struct connection listening = {.fd = listener};
  watch(EPOLL_CTL_ADD, &listening, EPOLLIN);
  announce(path, port);
  static struct epoll_event events[BATCH];
  for (;;) {
    int ready = epoll_wait(epoll_fd, events, BATCH, -1);
    for (int i = 0; i < ready; i += 1) {
      struct connection *connection = events[i].data.ptr;
      if (connection == &listening) {
        accept_all(listener);
        continue;
      }
      if (connection->length > 0 && (events[i].events & EPOLLOUT)) writable(connection);
      if ((events[i].events & ~EPOLLOUT) && !readable(connection)) drop(connection);
    }
  }
}
