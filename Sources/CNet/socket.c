#define _GNU_SOURCE
#include "cnet.h"
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int nuri_net_listen(const char *address, uint16_t port, int backlog, int shares) {
  struct sockaddr_storage storage;
  socklen_t length;
  memset(&storage, 0, sizeof storage);
  struct sockaddr_in *four = (struct sockaddr_in *)&storage;
  struct sockaddr_in6 *six = (struct sockaddr_in6 *)&storage;
  if (inet_pton(AF_INET, address, &four->sin_addr) == 1) {
    four->sin_family = AF_INET;
    four->sin_port = htons(port);
    length = sizeof *four;
  } else if (inet_pton(AF_INET6, address, &six->sin6_addr) == 1) {
    six->sin6_family = AF_INET6;
    six->sin6_port = htons(port);
    length = sizeof *six;
  } else {
    errno = EINVAL;
    return -1;
  }
  int fd = socket(storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return -1;
  int on = 1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (shares) setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
  if (bind(fd, (struct sockaddr *)&storage, length) != 0 || listen(fd, backlog) != 0) {
    int saved = errno;
    close(fd);
    errno = saved;
    return -1;
  }
  return fd;
}

int nuri_net_port(int fd) {
  struct sockaddr_storage storage;
  socklen_t length = sizeof storage;
  if (getsockname(fd, (struct sockaddr *)&storage, &length) != 0) return -1;
  if (storage.ss_family == AF_INET) return ntohs(((struct sockaddr_in *)&storage)->sin_port);
  return ntohs(((struct sockaddr_in6 *)&storage)->sin6_port);
}

int nuri_net_accept(int fd, char *address, size_t capacity, uint16_t *port) {
  struct sockaddr_storage storage;
  socklen_t length = sizeof storage;
  int accepted = accept4(fd, (struct sockaddr *)&storage, &length, SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (accepted < 0) return -1;
  int on = 1;
  setsockopt(accepted, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  address[0] = 0;
  *port = 0;
  if (storage.ss_family == AF_INET) {
    struct sockaddr_in *four = (struct sockaddr_in *)&storage;
    inet_ntop(AF_INET, &four->sin_addr, address, capacity);
    *port = ntohs(four->sin_port);
  } else if (storage.ss_family == AF_INET6) {
    struct sockaddr_in6 *six = (struct sockaddr_in6 *)&storage;
    inet_ntop(AF_INET6, &six->sin6_addr, address, capacity);
    *port = ntohs(six->sin6_port);
  }
  return accepted;
}

long nuri_net_send(int fd, const void *bytes, size_t count) { return send(fd, bytes, count, MSG_NOSIGNAL); }

int nuri_net_is_numeric(const char *address) {
  struct in6_addr room;
  return inet_pton(AF_INET, address, &room) == 1 || inet_pton(AF_INET6, address, &room) == 1;
}

int nuri_net_errno(void) { return errno; }

void nuri_net_ignore_sigpipe(void) {
  struct sigaction now;
  if (sigaction(SIGPIPE, 0, &now) == 0 && now.sa_handler == SIG_DFL) signal(SIGPIPE, SIG_IGN);
}
