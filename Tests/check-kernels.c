// Prints the kernels' golden table as one path computes it, or measures the functions' accuracy.
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ckernels.h"
#include "kernel_checks.h"

static void print_line(void *context, const char *name, uint64_t digest) {
  (void)context;
  printf("%016llx %s\n", (unsigned long long)digest, name);
}

static int number_of(const char *path) {
  if (strcmp(path, "reference") == 0) return KC_REFERENCE;
  if (strcmp(path, "sixteen") == 0) return KC_SIXTEEN;
  for (int i = 0; i < CK_PATH_COUNT; i++)
    if (strcmp(path, ck_path_name(i)) == 0) return i;
  return -1;
}

// The largest error, in units of the last place of the exact result, over every `step`th float.
static int accuracy(const char *name, int operation, double (*exact)(double), double least, double most, double bound,
                    uint32_t step) {
  enum { BATCH = 4096 };
  static float x[BATCH], y[BATCH];
  double worst = 0;
  uint64_t bits = 0;
  for (int n = 0; bits < (uint64_t)1 << 32 || n > 0;) {
    for (; n < BATCH && bits < (uint64_t)1 << 32; bits += step) {
      uint32_t now = (uint32_t)bits;
      memcpy(&x[n], &now, sizeof now);
      if (x[n] >= least && x[n] <= most) n++;
    }
    ck_unary(operation, y, x, n);
    for (int i = 0; i < n; i++) {
      double right = exact(x[i]);
      int power = 0;
      frexp(right, &power);
      double unit = ldexp(1, power < -125 ? -149 : power - 24);
      double error = fabs(y[i] - right) / unit;
      if (!(error <= worst)) worst = error;  // NaN too

    }
    n = 0;
  }
  printf("%-8s %.3f ulp at most, %.2f allowed\n", name, worst, bound);
  return !(worst <= bound);
}

// The same for powers, of positive numbers of every size and exponents to ±60 drawn at random, where the
// result is a normal number.
static int accuracy_of_power(double bound, uint32_t step) {
  enum { BATCH = 4096 };
  static uint32_t words[2 * BATCH];
  static float a[BATCH], b[BATCH], y[BATCH];
  const ptrdiff_t size = BATCH, stride = 1;
  double worst = 0;
  for (uint64_t batch = 0; batch < ((uint64_t)1 << 16) / step + 1; batch++) {
    ck_philox_words(words, 1, batch, 0, 2 * BATCH);
    for (int i = 0; i < BATCH; i++) {
      uint32_t bits = words[2 * i] & 0x7fffffffu;
      memcpy(&a[i], &bits, sizeof bits);
      b[i] = ((float)(words[2 * i + 1] >> 8) * 0x1p-23f - 1) * (bits & 1 ? 2 : 60);
    }
    ck_binary(CK_POWER, y, a, &stride, b, &stride, &size, 1);
    for (int i = 0; i < BATCH; i++) {
      double right = pow(a[i], b[i]);
      if (!(right >= 0x1p-126 && right <= 0x1.fffffep127)) continue;
      int power = 0;
      frexp(right, &power);
      double error = fabs(y[i] - right) / ldexp(1, power - 24);
      if (!(error <= worst)) worst = error;  // NaN too

    }
  }
  printf("%-8s %.3f ulp at most, %.2f allowed\n", "power", worst, bound);
  return !(worst <= bound);
}

static double sigmoid(double x) { return 1 / (1 + exp(-x)); }
static double rsqrt(double x) { return 1 / sqrt(x); }
static double softplus(double x) { return fmax(x, 0) + log1p(exp(-fabs(x))); }

int main(int count, char **arguments) {
  if (count == 3 && strcmp(arguments[1], "accuracy") == 0) {
    uint32_t step = (uint32_t)atoi(arguments[2]);
    return accuracy("exp", CK_EXP, exp, -103, 88.72, 1.01, step) +
           accuracy("log", CK_LOG, log, 0x1p-149, 0x1.fffffep127, 0.86, step) +
           accuracy("log1p", CK_LOG1P, log1p, -0x1.fffffep-1, 0x1.fffffep127, 1.44, step) +
           accuracy("tanh", CK_TANH, tanh, -20, 20, 1.34, step) +
           accuracy("sigmoid", CK_SIGMOID, sigmoid, -80, 80, 2.41, step) +
           accuracy("rsqrt", CK_RSQRT, rsqrt, 0x1p-149, 0x1.fffffep127, 1.5, step) +
           accuracy("erf", CK_ERF, erf, -6, 6, 1.22, step) +
           accuracy("softplus", CK_SOFTPLUS, softplus, -100, 0x1.fffffep127, 2.0, step) +
           accuracy("sin", CK_SIN, sin, -0x1p20, 0x1p20, 1.6, step) +
           accuracy("cos", CK_COS, cos, -0x1p20, 0x1p20, 1.6, step) + accuracy_of_power(0.51, step);
  }
  if (count != 3) {
    fprintf(stderr, "usage: check-kernels PATH THREADS | accuracy STEP\n");
    return 2;
  }
  if (kc_select(number_of(arguments[1])) != 0) {
    fprintf(stderr, "this machine cannot run %s\n", arguments[1]);
    return 77;
  }
  ck_set_threads(atoi(arguments[2]));
  kc_table(print_line, 0);
  if (number_of(arguments[1]) == KC_REFERENCE) return 0;  // knows nothing of modes and threads
  if (!kc_keeps_subnormals()) printf("subnormals are lost\n");
  if (!kc_agrees_with_itself(4, 50)) printf("results change with other calls at the same time\n");
  return 0;
}
