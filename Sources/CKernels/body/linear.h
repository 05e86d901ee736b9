// Linear layers: three matrix products.

static void matmul_op(float *c, const float *a, const float *b, ptrdiff_t m, ptrdiff_t n,
                      ptrdiff_t k, int ta, int tb) {
  matmul_bias(c, a, b, 0, m, n, k, ta, tb);
}

typedef struct batch_call {
  float *c;
  const float *a, *b;
  ptrdiff_t m, n, k, a_step, b_step;
  int ta, tb;
} batch_call;

// Products first ..< last.
static void matmul_batch(const void *context, ptrdiff_t first, ptrdiff_t last) {
  const batch_call *p = context;
  for (ptrdiff_t i = first; i < last; i++)
    matmul_bias(p->c + i * p->m * p->n, p->a + i * p->a_step, p->b + i * p->b_step, 0, p->m, p->n,
                 p->k, p->ta, p->tb);
}

// Threads share the products or, where there are few, each product's parts.
static void matmul_batched_op(float *c, const float *a, const float *b, ptrdiff_t batch,
                              ptrdiff_t m, ptrdiff_t n, ptrdiff_t k, ptrdiff_t a_step,
                              ptrdiff_t b_step, int ta, int tb) {
  batch_call call = {c, a, b, m, n, k, a_step, b_step, ta, tb};
  if (batch >= 2 * ck_threads()) {
    ck_parallel(batch, 1 + 400000 / (m * n * k + 1), matmul_batch, &call);
    return;
  }
  for (ptrdiff_t i = 0; i < batch; i++)
    matmul_bias(c + i * m * n, a + i * a_step, b + i * b_step, 0, m, n, k, ta, tb);
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
