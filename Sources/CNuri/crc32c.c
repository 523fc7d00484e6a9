#include "cnuri.h"
#include <string.h>

// Table form, RFC 3720 appendix B.4 polynomial 0x1EDC6F41 reflected.
static uint32_t table[256];

__attribute__((constructor)) static void make_table(void) {
  for (uint32_t i = 0; i < 256; i++) {
    uint32_t c = i;
    for (int k = 0; k < 8; k++) c = (c & 1) ? 0x82F63B78u ^ (c >> 1) : c >> 1;
    table[i] = c;
  }
}

static uint32_t crc_software(uint32_t c, const uint8_t *p, size_t n) {
  while (n--) c = table[(c ^ *p++) & 0xff] ^ (c >> 8);
  return c;
}

#if defined(__x86_64__)
__attribute__((target("sse4.2"))) static uint32_t crc_hardware(uint32_t c, const uint8_t *p, size_t n) {
  uint64_t x = c;
  while (n >= 8) {
    uint64_t w;
    memcpy(&w, p, 8);
    x = __builtin_ia32_crc32di(x, w);
    p += 8;
    n -= 8;
  }
  c = (uint32_t)x;
  while (n--) c = __builtin_ia32_crc32qi(c, *p++);
  return c;
}
uint32_t nuri_crc32c(uint32_t seed, const void *p, size_t n) {
  return ~(__builtin_cpu_supports("sse4.2") ? crc_hardware(~seed, p, n) : crc_software(~seed, p, n));
}
#else
uint32_t nuri_crc32c(uint32_t seed, const void *p, size_t n) { return ~crc_software(~seed, p, n); }
#endif
