/*
 * The load on servers that send a lot for little: fetch-generator fetch tcp PORT 1 SIZE; see generator.c.
 * An operation is one byte sent and SIZE bytes received. What comes is thrown away by the kernel: the
 * load should cost little beside what it measures.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define AT_ONCE (1L << 20)

static double seconds(clockid_t clock) {
  struct timespec now;
  clock_gettime(clock, &now);
  return now.tv_sec + now.tv_nsec / 1e9;
}

static void fail(const char *what) {
  fprintf(stderr, "%s: %s\n", what, strerror(errno));
  exit(1);
}

static void fetch(int fd, long size) {
  if (send(fd, "x", 1, MSG_NOSIGNAL) != 1) fail("send");
  for (long left = size; left > 0;) {
    ssize_t count = recv(fd, NULL, left < AT_ONCE ? left : AT_ONCE, MSG_TRUNC);
    if (count <= 0) fail("recv");
    left -= count;
  }
}

int main(int count, char **arguments) {
  if (count != 6) return 1;
  long size = atol(arguments[5]);
  sched_setscheduler(0, SCHED_BATCH, &(struct sched_param){0});
  struct sockaddr_in peer = {.sin_family = AF_INET, .sin_port = htons(atoi(arguments[3]))};
  peer.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (connect(fd, (struct sockaddr *)&peer, sizeof peer) < 0) fail("connect");
  printf("{\"ready\":true}\n");
  fflush(stdout);
  char line[64];
  while (fgets(line, sizeof line, stdin) != NULL) {
    double wall = seconds(CLOCK_MONOTONIC);
    double cpu = seconds(CLOCK_PROCESS_CPUTIME_ID);
    long operations = atol(line);
    for (long i = 0; i < operations; i += 1) fetch(fd, size);
    printf("{\"operations\":%ld,\"wall\":%.9f,\"cpu\":%.9f}\n", operations, seconds(CLOCK_MONOTONIC) - wall,
           seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu);
    fflush(stdout);
  }
  return 0;
}
