/* What every server in C has in common: server PEER [ARGUMENT...]; see server-process.ts. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

static void *obey(void *nothing) {
  char line[64];
  while (fgets(line, sizeof line, stdin) != NULL) {
    printf("{\"collected\":true}\n");
    fflush(stdout);
  }
  exit(0);
  return nothing;
}

/* Says that it listens, and where: at a path, or at a port where there is none. */
static void announce(const char *path, int port) {
  struct rlimit limit;
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  if (path != NULL) printf("{\"ready\":true,\"address\":\"%s\"}\n", path);
  else printf("{\"ready\":true,\"address\":\"%d\"}\n", port);
  fflush(stdout);
  pthread_t thread;
  pthread_create(&thread, NULL, obey, NULL);
}
