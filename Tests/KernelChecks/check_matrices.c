#pragma STDC FP_CONTRACT OFF
#include "checks.h"

static void check_matmul(kc_lines *lines, ptrdiff_t m, ptrdiff_t n, ptrdiff_t k, int ta, int tb) {
  float *a = kc_numbers(1, m * k), *b = kc_numbers(2, k * n), *c = kc_floats(m * n);
  ck_matmul(c, a, b, m, n, k, ta, tb);
  kc_add(lines, c, m * n);
  kc_end(lines, "matmul %td x %td x %td%s%s", m, n, k, ta ? " a transposed" : "",
         tb ? " b transposed" : "");
  kc_free(a), kc_free(b), kc_free(c);
}

static void check_linear(kc_lines *lines, ptrdiff_t rows, ptrdiff_t in, ptrdiff_t out) {
  float *x = kc_numbers(3, rows * in), *w = kc_numbers(4, in * out), *b = kc_numbers(5, out);
  float *y = kc_floats(rows * out), *dy = kc_numbers(6, rows * out);
  float *dx = kc_floats(rows * in), *dw = kc_floats(in * out), *db = kc_floats(out);
  ck_linear_forward(y, x, w, b, rows, in, out);
  kc_add(lines, y, rows * out);
  ck_linear_forward(y, x, w, 0, rows, in, out);
  kc_add(lines, y, rows * out);
  kc_end(lines, "linear_forward %td x %td to %td", rows, in, out);
  ck_linear_backward_input(dx, dy, w, rows, in, out);
  kc_add(lines, dx, rows * in);
  kc_end(lines, "linear_backward_input %td x %td to %td", rows, in, out);
  ck_linear_backward_weight(dw, 0, dy, x, rows, in, out);
  kc_add(lines, dw, in * out);
  ck_linear_backward_weight(dw, db, dy, x, rows, in, out);
  kc_add(lines, dw, in * out);
  kc_add(lines, db, out);
  kc_end(lines, "linear_backward_weight %td x %td to %td", rows, in, out);
  kc_free(x), kc_free(w), kc_free(b), kc_free(y);
  kc_free(dy), kc_free(dx), kc_free(dw), kc_free(db);
}

static void check_channel_sums(kc_lines *lines, ptrdiff_t n, ptrdiff_t channels, ptrdiff_t inner) {
  float *x = kc_numbers(7, n * channels * inner), *sums = kc_floats(channels);
  ck_channel_sums(sums, x, n, channels, inner);
  kc_add(lines, sums, channels);
  kc_end(lines, "channel_sums %td x %td x %td", n, channels, inner);
  float *b = kc_numbers(8, n * channels * inner), *y = kc_floats(n * channels * inner);
  ck_channel_dots(sums, x, b, n, channels, inner);
  kc_add(lines, sums, channels);
  kc_end(lines, "channel_dots %td x %td x %td", n, channels, inner);
  float *gamma = kc_uniform(9, channels), *beta = kc_uniform(10, channels);
  float *mean = kc_floats(channels), *variance = kc_floats(channels), *rstd = kc_floats(channels);
  ck_batch_norm_statistics(mean, variance, x, n, channels, inner);
  kc_add(lines, mean, channels);
  kc_add(lines, variance, channels);
  for (ptrdiff_t c = 0; c < channels; c++) rstd[c] = variance[c] + 1.5f;
  ck_batch_norm_apply(y, x, mean, rstd, gamma, beta, n, channels, inner);
  kc_add(lines, y, n * channels * inner);
  ck_batch_norm_backward(y, gamma, beta, b, x, mean, rstd, variance, n, channels, inner);
  kc_add(lines, y, n * channels * inner);
  kc_add(lines, gamma, channels);
  kc_add(lines, beta, channels);
  kc_end(lines, "batch_norm %td x %td x %td", n, channels, inner);
  kc_free(x), kc_free(sums), kc_free(b), kc_free(y), kc_free(gamma), kc_free(beta);
  kc_free(mean), kc_free(variance), kc_free(rstd);
}

static void check_batched(kc_lines *lines, ptrdiff_t batch, ptrdiff_t m, ptrdiff_t n, ptrdiff_t k,
                          int t) {
  int ta = t & 1, tb = t >> 1;
  float *a = kc_numbers(11, batch * m * k), *b = kc_numbers(12, batch * k * n);
  float *c = kc_floats(batch * m * n);
  for (int shared = 0; shared < 2; shared++) {
    ck_matmul_batched(c, a, b, batch, m, n, k, m * k, shared ? 0 : k * n, ta, tb);
    kc_add(lines, c, batch * m * n);
  }
  kc_end(lines, "matmul_batched %td of %td x %td x %td%s%s", batch, m, n, k,
         ta ? " a transposed" : "", tb ? " b transposed" : "");
  kc_free(a), kc_free(b), kc_free(c);
}

void kc_check_matrices(kc_lines *lines) {
  static const ptrdiff_t sizes[][3] = {
      {0, 3, 4},     {3, 0, 4},    {3, 4, 0},    {1, 1, 1},    {5, 7, 3},    {2, 9, 8},
      {6, 16, 256},  {7, 17, 257}, {13, 33, 300}, {4, 47, 511}, {12, 32, 512}, {3, 5, 4096},
      {3, 18, 4097}, {2, 20, 9001}, {97, 31, 64}, {150, 40, 100}};
  for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
    for (int t = 0; t < 4; t++)
      check_matmul(lines, sizes[i][0], sizes[i][1], sizes[i][2], t & 1, t >> 1);

  static const ptrdiff_t layers[][3] = {{0, 3, 2},   {1, 1, 1},  {5, 33, 17},     {30, 400, 120},
                                        {128, 84, 10}, {300, 7, 5}, {4100, 3, 2}, {128, 120, 84}};
  for (size_t i = 0; i < sizeof layers / sizeof *layers; i++)
    check_linear(lines, layers[i][0], layers[i][1], layers[i][2]);

  static const ptrdiff_t planes[][3] = {{0, 3, 4},   {1, 1, 1},   {3, 5, 7},  {300, 120, 1},
                                        {6, 3, 784}, {70, 3, 100}, {2, 1, 4096}, {5, 37, 49},
                                        {2, 16, 1030}, {130, 33, 16}};
  for (size_t i = 0; i < sizeof planes / sizeof *planes; i++)
    check_channel_sums(lines, planes[i][0], planes[i][1], planes[i][2]);

  for (int t = 0; t < 4; t++) {
    check_batched(lines, 0, 2, 3, 4, t);
    check_batched(lines, 3, 5, 7, 300, t);
    check_batched(lines, 50, 3, 4, 5, t);
  }
}
