/* Sends a file for each byte, one connection after the other: native PEER SIZE PATH. */
#define _GNU_SOURCE
#include "../server_process.h"
#include <arpa/inet.h>
#include <fcntl.h>
#include <sys/sendfile.h>
#include <sys/socket.h>

int main(int count, char **arguments) {
  if (count != 4) return 1;
  off_t size = atoll(arguments[2]);
  int file = open(arguments[3], O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (file < 0 || ftruncate(file, size) < 0) return 1;
  struct sockaddr_in name = {.sin_family = AF_INET};
  socklen_t length = sizeof name;
  name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (bind(listener, (struct sockaddr *)&name, sizeof name) < 0 || listen(listener, 10) < 0) return 1;
  getsockname(listener, (struct sockaddr *)&name, &length);
  announce(NULL, ntohs(name.sin_port));
  for (;;) {
    int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
    char request;
    while (recv(fd, &request, 1, 0) == 1) {
      off_t offset = 0;
      while (offset < size && sendfile(fd, file, &offset, size - offset) > 0) continue;
    }
    close(fd);
  }
}
