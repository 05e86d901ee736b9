// Linear layers: three matrix products.

static void matmul_op(float *c, const float *a, const float *b, ptrdiff_t m, ptrdiff_t n,
                      ptrdiff_t k, int ta, int tb) {
  matmul_bias(c, a, b, 0, m, n, k, ta, tb);
}

static void linear_forward_op(float *y, const float *x, const float *weight, const float *bias,
                              ptrdiff_t rows, ptrdiff_t in, ptrdiff_t out) {
  matmul_bias(y, x, weight, bias, rows, out, in, 0, 1);
}

static void linear_backward_input_op(float *dx, const float *dy, const float *weight,
                                     ptrdiff_t rows, ptrdiff_t in, ptrdiff_t out) {
  matmul_bias(dx, dy, weight, 0, rows, in, out, 0, 0);
}

static void linear_backward_weight_op(float *dweight, float *dbias, const float *dy,
                                      const float *x, ptrdiff_t rows, ptrdiff_t in,
                                      ptrdiff_t out) {
  matmul_bias(dweight, dy, x, 0, out, in, rows, 1, 0);
  if (dbias) channel_sums_op(dbias, dy, rows, out, 1);
}
