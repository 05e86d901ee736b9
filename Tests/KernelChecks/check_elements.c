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

static const char *const unary_names[CK_UNARY_COUNT] = {
    "negate", "absolute", "sign", "sqrt",     "rsqrt", "reciprocal", "exp",  "log",   "log1p",
    "tanh",   "sigmoid",  "erf",  "softplus", "sin",   "cos",        "relu", "floor", "is_nan"};

static void check_unary(kc_lines *lines, int operation) {
  for (int i = 0; i < LENGTHS; i++) {
    ptrdiff_t n = lengths[i];
    float *x = any_floats(21, n), *y = kc_floats(n);
    ck_unary(operation, y, x, n);
    kc_add(lines, y, n);
    ck_unary(operation, x, x, n);  // in place
    kc_add(lines, x, n);
    kc_free(x), kc_free(y);
  }
  kc_end(lines, "%s of all kinds", unary_names[operation]);
  // Every 32,767th of all floats.
  enum { COUNT = 131072 };
  float *x = kc_floats(COUNT), *y = kc_floats(COUNT);
  for (uint32_t i = 0; i < COUNT; i++) {
    uint32_t bits = i * 32767u;
    memcpy(&x[i], &bits, sizeof bits);
  }
  ck_unary(operation, y, x, COUNT);
  kc_add(lines, y, COUNT);
  for (ptrdiff_t i = 0; i < COUNT; i++) x[i] = (float)(i - COUNT / 2) * 0x1.2345p-9f;
  ck_unary(operation, y, x, COUNT);
  kc_add(lines, y, COUNT);
  kc_end(lines, "%s over the range", unary_names[operation]);
  kc_free(x), kc_free(y);
}

// A call's sizes, and the strides of three operands in memory of MOST floats.
typedef struct view {
  int rank;
  ptrdiff_t sizes[5], strides[3][5], first[3];
} view;

static const view views[] = {
    {0, {0}, {{0}, {0}, {0}}, {0, 0, 0}},
    {1, {0}, {{1}, {1}, {1}}, {0, 0, 0}},
    {1, {1}, {{1}, {0}, {1}}, {0, 0, 0}},
    {1, {7}, {{1}, {1}, {1}}, {0, 0, 0}},
    {1, {1000}, {{1}, {0}, {0}}, {0, 0, 0}},
    {1, {1000}, {{0}, {1}, {1}}, {0, 0, 0}},
    {1, {100}, {{-1}, {2}, {1}}, {99, 0, 0}},
    {2, {3, 0}, {{1, 1}, {1, 1}, {1, 1}}, {0, 0, 0}},
    {2, {13, 11}, {{11, 1}, {0, 1}, {1, 0}}, {0, 0, 0}},
    {2, {13, 11}, {{1, 0}, {11, 1}, {0, 1}}, {0, 0, 0}},
    {2, {9, 33}, {{1, 9}, {33, 1}, {0, 0}}, {0, 0, 0}},
    {3, {4, 5, 6}, {{30, 6, 1}, {0, 1, 0}, {6, 0, 1}}, {0, 0, 0}},
    {4, {3, 1, 5, 8}, {{40, 7, 8, 1}, {5, 3, 1, 0}, {0, 0, 0, 1}}, {0, 0, 0}},
    {5, {2, 3, 2, 3, 4}, {{72, 24, 12, 4, 1}, {1, 2, 6, 12, 36}, {0, 4, 0, 0, 1}}, {0, 0, 0}},
    {2, {700, 130}, {{130, 1}, {1, 0}, {0, 1}}, {0, 0, 0}},
    {1, {100000}, {{1}, {1}, {0}}, {0, 0, 0}}};
enum { VIEWS = sizeof views / sizeof *views, MOST = 100000 };

static ptrdiff_t count_of(const view *v) {
  ptrdiff_t count = 1;
  for (int axis = 0; axis < v->rank; axis++) count *= v->sizes[axis];
  return count;
}

static const char *const binary_names[CK_BINARY_COUNT] = {
    "add",   "subtract", "multiply", "divide",        "maximum", "minimum",
    "power", "equal",    "less",     "less_or_equal", "gate",    "leaky_relu"};
static const char *const ternary_names[CK_TERNARY_COUNT] = {"multiply_add", "select", "clamp",
                                                            "leaky_gate"};

static void check_strided(kc_lines *lines) {
  float *a = any_floats(22, MOST), *b = any_floats(23, MOST), *c = any_floats(36, MOST);
  float *y = kc_floats(MOST);
  for (ptrdiff_t i = 0; i < MOST; i += 5) b[i] = a[i];  // equal ones
  for (int operation = 0; operation < CK_BINARY_COUNT; operation++) {
    for (int i = 0; i < VIEWS; i++) {
      const view *v = &views[i];
      ck_binary(operation, y, a + v->first[0], v->strides[0], b + v->first[1], v->strides[1],
                v->sizes, v->rank);
      kc_add(lines, y, count_of(v));
    }
    kc_end(lines, "%s", binary_names[operation]);
  }
  for (int operation = 0; operation < CK_TERNARY_COUNT; operation++) {
    for (int i = 0; i < VIEWS; i++) {
      const view *v = &views[i];
      ck_ternary(operation, y, a + v->first[0], v->strides[0], b + v->first[1], v->strides[1],
                 c + v->first[2], v->strides[2], v->sizes, v->rank);
      kc_add(lines, y, count_of(v));
    }
    kc_end(lines, "%s", ternary_names[operation]);
  }
  for (int i = 0; i < VIEWS; i++) {
    const view *v = &views[i];
    ck_gather_strided(y, a + v->first[0], v->strides[0], v->sizes, v->rank);
    kc_add(lines, y, count_of(v));
    ck_scatter_strided(c + v->first[0], v->strides[0], b, v->sizes, v->rank);
    if (v->strides[0][0] != 0 || v->rank == 0) kc_add(lines, c, MOST);
  }
  kc_end(lines, "gather_strided and scatter_strided");
  kc_free(a), kc_free(b), kc_free(c), kc_free(y);
}

// Numbers of usual sizes, for powers that are neither 0 nor infinite.
static void check_power(kc_lines *lines) {
  enum { COUNT = 20000 };
  float *a = kc_uniform(37, COUNT), *b = kc_uniform(38, COUNT), *y = kc_floats(COUNT);
  ptrdiff_t size = COUNT, one = 1;
  for (ptrdiff_t i = 0; i < COUNT; i++) {
    a[i] = i % 7 == 0 ? (float)(i % 11) - 5 : (1.001f + a[i]) * (i % 3 == 0 ? 30.0f : 1.0f);
    b[i] = i % 5 == 0 ? (float)(i % 13) - 6 : b[i] * (i % 2 == 0 ? 40.0f : 2.0f);
  }
  ck_binary(CK_POWER, y, a, &one, b, &one, &size, 1);
  kc_add(lines, y, COUNT);
  kc_end(lines, "power of usual numbers");
  kc_free(a), kc_free(b), kc_free(y);
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
      for (int step = 0; step < 3; step++) ck_sgd_step(w, v, g, 0.1f, 0.9f, decay, step == 1, n);
      kc_add(lines, w, n);
      kc_add(lines, v, n);
      for (ptrdiff_t j = 0; j < n; j++) v[j] = v[j] * v[j];
      ck_adam scalars = {1e-3f, 1e-8f, decay, 0.9f, 0.1f, 0.999f, 0.001f, 0.1f, 0.001f, 1e-5f, 0};
      for (int step = 0; step < 4; step++) {
        scalars.decoupled = step == 3;
        ck_adam_step(w, m, v, g, &scalars, n);
      }
      kc_add(lines, w, n);
      kc_add(lines, m, n);
      kc_add(lines, v, n);
      float *direction = kc_floats(n);
      ck_lamb_direction(direction, m, v, w, g, &scalars, n);
      kc_add(lines, direction, n);
      kc_add(lines, m, n);
      kc_add(lines, v, n);
      ck_average_step(direction, w, 0.99f, 0.01f, n);
      kc_add(lines, direction, n);
      kc_free(w), kc_free(g), kc_free(v), kc_free(m), kc_free(direction);
    }
  kc_end(lines, "sgd_step, adam_step, lamb_direction and average_step");
}

void kc_check_elements(kc_lines *lines) {
  for (int operation = 0; operation < CK_UNARY_COUNT; operation++) check_unary(lines, operation);
  check_strided(lines);
  check_power(lines);
  check_fma(lines);
  check_scaling(lines);
  check_finite(lines);
  check_optimisers(lines);
}
