#include "cnet.h"
#include <zlib.h>

int nuri_gzip_begin_write(void *stream, int level) {
  return deflateInit2(stream, level, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
}

int nuri_gzip_begin_read(void *stream) { return inflateInit2(stream, 15 + 16); }
