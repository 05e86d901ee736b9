#pragma STDC FP_CONTRACT OFF
#include "checks.h"

void kc_check_random(kc_lines *lines) {
  static const uint64_t firsts[] = {0, 1, 3, 6, ((uint64_t)1 << 34) - 5, UINT64_MAX - 2000};
  static const ptrdiff_t lengths[] = {0, 1, 3, 4, 5, 63, 64, 65, 1001};
  for (size_t f = 0; f < sizeof firsts / sizeof *firsts; f++) {
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
      ptrdiff_t n = lengths[i];
      float *y = kc_floats(n);
      uint64_t seed = 0x0123456789abcdef, stream = 0xfedcba9876543210;
      ck_philox_words((uint32_t *)y, seed, stream, firsts[f], n);
      kc_add_bytes(lines, y, 4 * n);
      ck_uniform(y, seed, stream, firsts[f], -0.3f, 1.7f, n);
      kc_add(lines, y, n);
      ck_normal(y, seed, stream, firsts[f], n);
      kc_add(lines, y, n);
      ck_dropout_mask(y, seed, stream, firsts[f], 1 << 22, 1.25f, n);
      kc_add(lines, y, n);
      kc_free(y);
    }
    kc_end(lines, "philox_words, uniform, normal and dropout_mask from %llu", (unsigned long long)firsts[f]);
  }
}
