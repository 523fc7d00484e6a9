#pragma once
#include <stddef.h>
#include <stdint.h>

/// libFuzzer's own main, given the function to feed: from LLVM's compiler-rt, which comes with the toolchain.
int LLVMFuzzerRunDriver(int *argc, char ***argv, int (*feed)(const uint8_t *bytes, size_t count));
