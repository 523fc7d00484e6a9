#pragma once
#include <stddef.h>
#include <stdint.h>

/// CRC-32C (Castagnoli) of `n` bytes at `p`, continuing from `seed` (0 to start).
/// Uses the SSE4.2 instruction where there is one, a table otherwise.
uint32_t nuri_crc32c(uint32_t seed, const void *p, size_t n);

/// fallocate(fd, 0, 0, bytes): sets disk space aside and makes the file at least `bytes` long. 0, or -1 with
/// `errno`. A shim because glibc shows it only to GNU sources.
int nuri_allocate(int fd, int64_t bytes);

/// Starts loading the cache line at `p`, to be written soon. Any address is allowed.
static inline void nuri_prefetch(const void *p) { __builtin_prefetch(p, 1); }
