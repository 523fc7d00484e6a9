#define _GNU_SOURCE
#include "cnuri.h"
#include <fcntl.h>

int nuri_allocate(int fd, int64_t bytes) { return fallocate(fd, 0, 0, bytes); }
