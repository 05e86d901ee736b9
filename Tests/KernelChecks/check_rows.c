#pragma STDC FP_CONTRACT OFF
#include "checks.h"

static void check_sums(kc_lines *lines) {
  static const ptrdiff_t lengths[] = {0,    1,    2,    31,   32,   33,    63,   64,
                                      100,  4095, 4096, 4097, 8192, 12300, 200000};
  for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
    ptrdiff_t n = lengths[i];
    float *a = kc_numbers(31, n), *b = kc_numbers(32, n);
    float sums[2] = {ck_sum(a, n), ck_dot(a, b, n)};
    kc_add(lines, sums, 2);
    kc_end(lines, "sum and dot of %td", n);
    kc_free(a), kc_free(b);
  }
}

static void check_axis(kc_lines *lines, ptrdiff_t outer, ptrdiff_t n, ptrdiff_t inner) {
  float *a = kc_numbers(39, outer * n * inner), *b = kc_numbers(40, outer * n * inner);
  float *y = kc_floats(outer * (n > inner ? n : inner));
  ck_sum_axis(y, a, outer, n, inner);
  kc_add(lines, y, outer * inner);
  ck_sum_rows(y, a, outer * n, inner);
  kc_add(lines, y, outer * n);
  ck_dot_rows(y, a, b, outer * n, inner);
  kc_add(lines, y, outer * n);
  kc_end(lines, "sum_axis, sum_rows and dot_rows %td x %td x %td", outer, n, inner);
  kc_free(a), kc_free(b), kc_free(y);
}

static void check_softmax(kc_lines *lines, ptrdiff_t rows, ptrdiff_t columns) {
  ptrdiff_t n = rows * columns;
  float *x = kc_uniform(33, n), *y = kc_floats(n), *dy = kc_numbers(34, n), *dx = kc_floats(n);
  for (ptrdiff_t i = 0; i < n; i++) x[i] *= i % 3 == 0 ? 60.0f : 4.0f;
  ck_softmax_rows(y, x, rows, columns);
  kc_add(lines, y, n);
  ck_softmax_rows_backward(dx, dy, y, rows, columns);
  kc_add(lines, dx, n);
  ck_log_softmax_rows(y, x, rows, columns);
  kc_add(lines, y, n);
  ck_log_softmax_rows_backward(dx, dy, y, rows, columns);
  kc_add(lines, dx, n);
  kc_end(lines, "softmax_rows and log_softmax_rows %td x %td", rows, columns);

  int32_t *labels = (int32_t *)kc_floats(rows);
  uint64_t seed = 35;
  for (ptrdiff_t i = 0; i < rows; i++) labels[i] = (int32_t)(kc_next(&seed) % (uint64_t)columns);
  float *losses = kc_floats(rows);
  ck_cross_entropy_rows(losses, 0, x, labels, 1, rows, columns);
  kc_add(lines, losses, rows);
  ck_cross_entropy_rows(losses, dx, x, labels, 1.0f / 128, rows, columns);
  kc_add(lines, losses, rows);
  kc_add(lines, dx, n);
  kc_end(lines, "cross_entropy_rows %td x %td", rows, columns);
  ck_softmax_rows(x, x, rows, columns);  // in place
  kc_add(lines, x, n);
  kc_end(lines, "softmax_rows in place %td x %td", rows, columns);
  kc_free(x), kc_free(y), kc_free(dy), kc_free(dx), kc_free(labels), kc_free(losses);
}

void kc_check_rows(kc_lines *lines) {
  check_sums(lines);
  static const ptrdiff_t axes[][3] = {{0, 2, 3}, {2, 0, 3}, {2, 3, 0}, {1, 1, 1}, {3, 5, 7},
                                      {2, 100, 33}, {1, 3, 5000}, {40, 50, 60}};
  for (size_t i = 0; i < sizeof axes / sizeof *axes; i++)
    check_axis(lines, axes[i][0], axes[i][1], axes[i][2]);
  static const ptrdiff_t sizes[][2] = {{0, 3}, {1, 1}, {3, 2}, {128, 10}, {4, 33}, {2, 5000}, {300, 200}};
  for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
    check_softmax(lines, sizes[i][0], sizes[i][1]);
}
