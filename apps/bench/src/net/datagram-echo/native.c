/* A UDP echo server on epoll: native PEER. One datagram for each call, as they are sent. */
#define _GNU_SOURCE
#include "../server_process.h"
#include <arpa/inet.h>
#include <sys/epoll.h>
#include <sys/socket.h>

static char buffer[65536];

int main(void) {
  int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  struct sockaddr_in name = {.sin_family = AF_INET};
  socklen_t length = sizeof name;
  name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (bind(fd, (struct sockaddr *)&name, sizeof name) < 0) return 1;
  getsockname(fd, (struct sockaddr *)&name, &length);
  int epoll_fd = epoll_create1(EPOLL_CLOEXEC);
  struct epoll_event event = {.events = EPOLLIN};
  epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &event);
  announce(NULL, ntohs(name.sin_port));
  for (;;) {
    epoll_wait(epoll_fd, &event, 1, -1);
    for (;;) {
      struct sockaddr_in peer;
      length = sizeof peer;
      ssize_t count = recvfrom(fd, buffer, sizeof buffer, 0, (struct sockaddr *)&peer, &length);
      if (count < 0) break;
      sendto(fd, buffer, count, 0, (struct sockaddr *)&peer, length);
    }
  }
}
