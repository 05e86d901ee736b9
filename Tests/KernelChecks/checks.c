#pragma STDC FP_CONTRACT OFF
#include "checks.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int kc_select(int path) {
  switch (path) {
    case KC_REFERENCE: ck_select_table(&kc_reference_table); return 0;
#if defined(__x86_64__)
    case KC_SIXTEEN:
      if (!ck_path_available(CK_AVX2)) return -1;
      ck_select_table(&kc_sixteen_table);
      return 0;
#endif
    default: return ck_select_path(path);
  }
}

static const uint64_t fnv_basis = 0xcbf29ce484222325u;

void kc_table(void (*line)(void *context, const char *name, uint64_t digest), void *context) {
  kc_lines lines = {line, context, fnv_basis};
  kc_check_matrices(&lines);
  kc_check_convolutions(&lines);
  kc_check_elements(&lines);
  kc_check_rows(&lines);
  kc_check_random(&lines);
}

// Exactly as large as asked for, so that a sanitizer sees what reaches beyond.
float *kc_floats(ptrdiff_t n) {
  float *x = malloc(n > 0 ? (size_t)n * sizeof *x : 1);
  if (!x) abort();
  return x;
}

void kc_free(void *memory) { free(memory); }

uint64_t kc_next(uint64_t *state) {
  uint64_t z = *state += 0x9e3779b97f4a7c15u;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

float *kc_uniform(uint64_t seed, ptrdiff_t n) {
  float *x = kc_floats(n);
  for (ptrdiff_t i = 0; i < n; i++)
    x[i] = (float)((int64_t)(kc_next(&seed) >> 40) - (1 << 23)) * 0x1p-23f;
  return x;
}

float *kc_numbers(uint64_t seed, ptrdiff_t n) {
  float *x = kc_uniform(seed, n);
  seed = ~seed;
  for (ptrdiff_t i = 0; i < n; i++) switch (kc_next(&seed) % 16) {
      case 0: x[i] = 0.0f; break;
      case 1: x[i] = -0.0f; break;
      case 2: x[i] *= 1e-20f; break;
      case 3: x[i] *= 1e-38f; break;
      default: break;
    }
  return x;
}

void kc_add_bytes(kc_lines *lines, const void *bytes, ptrdiff_t n) {
  const uint8_t *byte = bytes;
  for (ptrdiff_t i = 0; i < n; i++) lines->digest = (lines->digest ^ byte[i]) * 0x100000001b3u;
}

void kc_add(kc_lines *lines, const float *x, ptrdiff_t n) {
  for (ptrdiff_t i = 0; i < n; i++) {
    uint32_t bits = 0x7fc00000u;
    if (x[i] == x[i]) memcpy(&bits, &x[i], sizeof bits);
    kc_add_bytes(lines, &bits, sizeof bits);
  }
}

void kc_end(kc_lines *lines, const char *format, ...) {
  char name[128];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(name, sizeof name, format, arguments);
  va_end(arguments);
  lines->line(lines->context, name, lines->digest);
  lines->digest = fnv_basis;
}
