// feed-readers PORT READERS ROUNDS SERVER-PID [tls]
//
// Opens READERS connections that read server-sent events, says what each costs the server's memory while idle, then
// has ROUNDS changes written one after another and says how long after each acknowledgement the readers had it: figures
// for report.py. One thread, epoll. Everything on loopback.
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <openssl/ssl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static SSL_CTX *context;

static void fail(const char *what) {
  perror(what);
  exit(1);
}

static uint64_t now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static long resident_kib(int pid) {
  char path[64], line[256];
  long kib = 0;
  snprintf(path, sizeof path, "/proc/%d/status", pid);
  FILE *file = fopen(path, "r");
  if (!file) fail(path);
  while (fgets(line, sizeof line, file))
    if (sscanf(line, "VmRSS: %ld", &kib) == 1) break;
  fclose(file);
  return kib;
}

// By how much the server's memory has grown, in units of 1,000 bytes.
static double grown_kilobytes(int pid, long before) {
  return (double)(resident_kib(pid) - before) * 1.024;
}

static void say_delay(int count, const char *which, uint64_t nanoseconds) {
  char thousands[16] = "";
  if (count >= 1000) snprintf(thousands, sizeof thousands, "%d,", count / 1000);
  printf("figure\tfeed\tone change to %s%0*d readers, %s\tNuri\tms\t%.3f\n", thousands, count >= 1000 ? 3 : 1,
         count % 1000, which, (double)nanoseconds / 1e6);
}

struct reader {
  int fd;
  SSL *tls;
};

static struct reader open_connection(int port) {
  struct reader r = {socket(AF_INET, SOCK_STREAM, 0), NULL};
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (r.fd < 0 || connect(r.fd, (struct sockaddr *)&to, sizeof to)) fail("connect");
  if (context) {
    r.tls = SSL_new(context);
    SSL_set_fd(r.tls, r.fd);
    if (SSL_connect(r.tls) != 1) fail("tls");
  }
  return r;
}

static void put(struct reader *r, const char *text) {
  int n = (int)strlen(text);
  int sent = r->tls ? SSL_write(r->tls, text, n) : (int)send(r->fd, text, (size_t)n, 0);
  if (sent != n) fail("send");
}

static int get(struct reader *r, char *room, int size) {
  return r->tls ? SSL_read(r->tls, room, size) : (int)recv(r->fd, room, (size_t)size, 0);
}

static int compare(const void *a, const void *b) {
  uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
  return x < y ? -1 : x > y;
}

// Waits until every reader has received something that holds `mark`, and notes when.
static void await_all(int poll, struct reader *readers, int count, const char *mark, uint64_t *at) {
  static struct epoll_event events[1024];
  static char room[65536];
  int left = count;
  memset(at, 0, sizeof *at * (size_t)count);
  while (left > 0) {
    int n = epoll_wait(poll, events, 1024, 30000);
    if (n <= 0) fail("readers hear nothing");
    for (int i = 0; i < n; i++) {
      int index = (int)events[i].data.u32;
      int got = get(&readers[index], room, sizeof room - 1);
      if (got <= 0) {
        if (readers[index].tls && SSL_get_error(readers[index].tls, got) == SSL_ERROR_WANT_READ) continue;
        fail("a reader was cut off");
      }
      room[got] = 0;
      if (!at[index] && strstr(room, mark)) {
        at[index] = now();
        left--;
      }
    }
  }
}

int main(int argc, char **argv) {
  if (argc < 5) return 2;
  int port = atoi(argv[1]), count = atoi(argv[2]), rounds = atoi(argv[3]), pid = atoi(argv[4]);
  struct rlimit limit;
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  if (argc > 5) {
    context = SSL_CTX_new(TLS_client_method());
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
  }
  struct reader *readers = calloc((size_t)count, sizeof *readers);
  uint64_t *at = calloc((size_t)count, sizeof *at);
  int poll = epoll_create1(0);
  struct reader writer = open_connection(port);
  long before = resident_kib(pid);
  for (int i = 0; i < count; i++) {
    readers[i] = open_connection(port);
    put(&readers[i], "GET /v1/worlds/live/feed HTTP/1.1\r\nHost: localhost\r\n\r\n");
    fcntl(readers[i].fd, F_SETFL, O_NONBLOCK);
    struct epoll_event event = {.events = EPOLLIN, .data.u32 = (uint32_t)i};
    epoll_ctl(poll, EPOLL_CTL_ADD, readers[i].fd, &event);
  }
  await_all(poll, readers, count, "event: ready", at);
  sleep(2);
  printf("figure\tfeed\tmemory of an idle reader\tNuri\tKB\t%.3f\n", grown_kilobytes(pid, before) / count);
  for (int round = 0; round < rounds; round++) {
    char answer[4096];
    put(&writer, "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n");
    await_all(poll, readers, count, "event: change", at);
    int got = get(&writer, answer, sizeof answer - 1);
    if (got <= 0) fail("no acknowledgement");
    answer[got] = 0;
    char *body = strstr(answer, "\r\n\r\n");
    uint64_t acknowledged = body ? strtoull(body + 4, NULL, 10) : 0;
    for (int i = 0; i < count; i++) at[i] = at[i] > acknowledged ? at[i] - acknowledged : 0;
    qsort(at, (size_t)count, sizeof *at, compare);
    say_delay(count, "p50", at[count / 2]);
    say_delay(count, "p99", at[(int)(count * 0.99)]);
    say_delay(count, "the last", at[count - 1]);
    fflush(stdout);
    usleep(300000);
  }
  printf("figure\tfeed\tmemory of a reader after changes\tNuri\tKB\t%.3f\n", grown_kilobytes(pid, before) / count);
  return 0;
}
