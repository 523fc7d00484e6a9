// bare-epoll PORT [FILE]: the least an HTTP responder can do. One recv, a search for the end of the head, one send of the
// same bytes, the file's when one is given; no parsing, no limits, no timers. It is the floor that a server is measured against, not a server.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

int main(int count, char **arguments) {
  char answer[4096], body[2048];
  memset(body, 'a', 300);
  size_t size = 300;
  FILE *file = count > 2 ? fopen(arguments[2], "rb") : NULL;
  if (count > 2 && !file) return 1;
  if (file) size = fread(body, 1, sizeof body - 1, file);
  body[size] = 0;
  int length = snprintf(answer, sizeof answer,
                        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n"
                        "date: Sun, 06 Nov 1994 08:49:37 GMT\r\ncontent-length: %zu\r\n\r\n%s",
                        size, body);
  int listener = socket(AF_INET, SOCK_STREAM, 0), on = 1;
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  struct sockaddr_in address = {.sin_family = AF_INET,
                                .sin_port = htons((uint16_t)atoi(count > 1 ? arguments[1] : "8081")),
                                .sin_addr = {htonl(INADDR_LOOPBACK)}};
  if (bind(listener, (struct sockaddr *)&address, sizeof address) || listen(listener, 1024)) return 1;
  int epoll = epoll_create1(0);
  struct epoll_event event = {.events = EPOLLIN, .data = {.fd = listener}}, events[256];
  epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &event);
  for (;;) {
    int ready = epoll_wait(epoll, events, 256, -1);
    for (int index = 0; index < ready; index++) {
      int fd = events[index].data.fd;
      if (fd == listener) {
        int client = accept4(listener, 0, 0, SOCK_NONBLOCK);
        if (client < 0) continue;
        setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        event.data.fd = client;
        epoll_ctl(epoll, EPOLL_CTL_ADD, client, &event);
        continue;
      }
      char buffer[4096];
      ssize_t received = recv(fd, buffer, sizeof buffer, 0);
      if (received <= 0) {
        close(fd);
      } else if (memmem(buffer, (size_t)received, "\r\n\r\n", 4)) {
        send(fd, answer, (size_t)length, MSG_NOSIGNAL);
      }
    }
  }
}
