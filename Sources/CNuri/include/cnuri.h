#pragma once
#include <stddef.h>
#include <stdint.h>

/// CRC-32C (Castagnoli) of `n` bytes at `p`, continuing from `seed` (0 to start).
/// Uses the SSE4.2 / ARMv8 CRC instruction where there is one, a table otherwise.
uint32_t nuri_crc32c(uint32_t seed, const void *p, size_t n);
