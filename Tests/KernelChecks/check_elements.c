#pragma STDC FP_CONTRACT OFF
#include <math.h>
#include <string.h>

#include "checks.h"

static const ptrdiff_t lengths[] = {0, 1, 2, 7, 8, 9, 15, 16, 17, 31, 33, 64, 100, 1027};
enum { LENGTHS = sizeof lengths / sizeof *lengths };

// n floats of all kinds: bits drawn at random, with the special values among them.
static float *any_floats(uint64_t seed, ptrdiff_t n) {
  static const float special[] = {0.0f,      -0.0f,     1.0f,      -1.0f,   INFINITY,
                                  -INFINITY, NAN,       0x1p-149f, -0x1p-149f, 0x1p-126f,
                                  0x1.fffffep127f, 88.5f, -104.5f, 0.625f,  -10.0f};
  enum { SPECIAL = sizeof special / sizeof *special };
  float *x = kc_floats(n);
  for (ptrdiff_t i = 0; i < n; i++) {
    uint32_t bits = (uint32_t)kc_next(&seed);
    memcpy(&x[i], &bits, sizeof bits);
    if (kc_next(&seed) % 4 == 0) x[i] = special[kc_next(&seed) % SPECIAL];
  }
  return x;
}

static float *copy_of(const float *x, ptrdiff_t n) {
  float *copy = kc_floats(n);
  memcpy(copy, x, (size_t)n * sizeof *x);
  return copy;
}

static void check_unary(kc_lines *lines, const char *name,
                        void (*op)(float *y, const float *x, ptrdiff_t n)) {
  for (int i = 0; i < LENGTHS; i++) {
    ptrdiff_t n = lengths[i];
    float *x = any_floats(21, n), *y = kc_floats(n);
    op(y, x, n);
    kc_add(lines, y, n);
    kc_free(x), kc_free(y);
  }
  kc_end(lines, "%s of all kinds", name);
  // Every 131,071th of all floats.
  enum { COUNT = 32768 };
  float *x = kc_floats(COUNT), *y = kc_floats(COUNT);
  for (uint32_t i = 0; i < COUNT; i++) {
    uint32_t bits = i * 131071u;
    memcpy(&x[i], &bits, sizeof bits);
  }
  op(y, x, COUNT);
  kc_add(lines, y, COUNT);
  for (ptrdiff_t i = 0; i < COUNT; i++) x[i] = (float)(i - COUNT / 2) * 0x1.2345p-7f;
  op(y, x, COUNT);
  kc_add(lines, y, COUNT);
  kc_end(lines, "%s over the range", name);
  kc_free(x), kc_free(y);
}

static void check_binary(kc_lines *lines, const char *name,
                         void (*op)(float *y, const float *a, const float *b, ptrdiff_t n)) {
  for (int i = 0; i < LENGTHS; i++) {
    ptrdiff_t n = lengths[i];
    float *a = any_floats(22, n), *b = any_floats(23, n), *y = kc_floats(n);
    op(y, a, b, n);
    kc_add(lines, y, n);
    op(a, a, b, n);  // in place
    kc_add(lines, a, n);
    kc_free(a), kc_free(b), kc_free(y);
  }
  kc_end(lines, "%s", name);
}

// A number in 1 ..< 2 times a power of two, one of `count` from `least`.
static float power_of_two(uint64_t *seed, uint64_t count, int least) {
  float digits = 1 + (float)(kc_next(seed) >> 41) * 0x1p-23f;
  return ldexpf(digits, (int)(kc_next(seed) % count) + least);
}

// fma(x, factor, y) where the emulation is hardest: products that cancel, or end half way between
// two results, or are subnormal.
static void check_fma(kc_lines *lines) {
  enum { COUNT = 1000, FACTORS = 200 };
  uint64_t seed = 24;
  float *x = kc_floats(COUNT), *y = kc_floats(COUNT);
  for (int f = 0; f < FACTORS; f++) {
    float factor = power_of_two(&seed, 20, -10);
    for (int i = 0; i < COUNT; i++) {
      uint64_t kind = kc_next(&seed) % 4;
      x[i] = kind == 3 ? power_of_two(&seed, 40, -150) : power_of_two(&seed, 60, -30);
      float product = (float)((double)x[i] * factor);
      float sign = kc_next(&seed) % 2 ? 1.0f : -1.0f;
      int away = (int)(kc_next(&seed) % 56) - 28;
      y[i] = kind == 0   ? -product
             : kind == 1 ? -product * (1 + 0x1p-23f)
                         : ldexpf(product, away) * sign;
    }
    ck_add_scaled(y, x, factor, COUNT);
    kc_add(lines, y, COUNT);
  }
  kc_end(lines, "add_scaled, hard cases");
  kc_free(x), kc_free(y);
}

static void check_scaling(kc_lines *lines) {
  for (int i = 0; i < LENGTHS; i++) {
    ptrdiff_t n = lengths[i];
    float *x = any_floats(25, n), *y = any_floats(26, n);
    ck_add_scaled(y, x, 0.3f, n);
    kc_add(lines, y, n);
    ck_scale(y, x, -0.7f, n);
    kc_add(lines, y, n);
    kc_free(x), kc_free(y);
  }
  kc_end(lines, "add_scaled and scale");
  uint8_t bytes[259];
  float y[259];
  for (int i = 0; i < 259; i++) bytes[i] = (uint8_t)i;
  ck_normalize_bytes(y, bytes, 255, 0.1307f, 0.3081f, 259);
  kc_add(lines, y, 259);
  kc_end(lines, "normalize_bytes");
}

static void check_finite(kc_lines *lines) {
  float *x = kc_numbers(27, 100);
  for (ptrdiff_t n = 0; n <= 100; n++) {
    uint8_t found[3] = {(uint8_t)ck_all_finite(x, n)};
    for (int bad = 0; n > 0 && bad < 2; bad++) {
      float kept = x[n / 2];
      x[n / 2] = bad ? NAN : -INFINITY;
      found[1 + bad] = (uint8_t)ck_all_finite(x, n);
      x[n / 2] = kept;
    }
    kc_add_bytes(lines, found, sizeof found);
  }
  kc_end(lines, "all_finite");
  kc_free(x);
}

static void check_optimisers(kc_lines *lines) {
  for (int i = 0; i < LENGTHS; i++)
    for (int decays = 0; decays < 2; decays++) {
      ptrdiff_t n = lengths[i];
      float decay = decays ? 5e-4f : 0.0f;
      float *w = kc_numbers(28, n), *g = kc_numbers(29, n), *v = kc_numbers(30, n);
      float *m = copy_of(v, n);
      for (int step = 0; step < 3; step++) ck_sgd_step(w, v, g, 0.1f, 0.9f, decay, 0, n);
      kc_add(lines, w, n);
      kc_add(lines, v, n);
      for (ptrdiff_t j = 0; j < n; j++) v[j] = v[j] * v[j];
      ck_adam scalars = {1e-3f, 1e-8f, decay, 0.9f, 0.1f, 0.999f, 0.001f, 0.1f, 0.001f};
      for (int step = 0; step < 3; step++) ck_adam_step(w, m, v, g, &scalars, n);
      kc_add(lines, w, n);
      kc_add(lines, m, n);
      kc_add(lines, v, n);
      kc_free(w), kc_free(g), kc_free(v), kc_free(m);
    }
  kc_end(lines, "sgd_step and adam_step");
}

void kc_check_elements(kc_lines *lines) {
  check_unary(lines, "exp", ck_exp);
  check_unary(lines, "log", ck_log);
  check_unary(lines, "tanh", ck_tanh);
  check_unary(lines, "sigmoid", ck_sigmoid);
  check_unary(lines, "relu_forward", ck_relu_forward);
  check_binary(lines, "relu_backward", ck_relu_backward);
  check_binary(lines, "add", ck_add);
  check_binary(lines, "subtract", ck_subtract);
  check_binary(lines, "multiply", ck_multiply);
  check_binary(lines, "divide", ck_divide);
  check_fma(lines);
  check_scaling(lines);
  check_finite(lines);
  check_optimisers(lines);
}
