// Matrix products as plain loops.

typedef struct matmul_call {
  float *c;
  const float *a, *b, *bias;
  ptrdiff_t n, k, a_row, a_k;
} matmul_call;

// Rows first ..< last of c; b is [k][n].
static void matmul_rows(const void *context, ptrdiff_t first, ptrdiff_t last) {
  const matmul_call *call = context;
  ptrdiff_t n = call->n;
  float *memory = ck_scratch(CK_SCRATCH_SUMS, 3 * n);
  for (ptrdiff_t i = first; i < last; i++) {
    sums row = sums_begin(memory, n);
    for (ptrdiff_t k = 0; k < call->k; k++) {
      float u = call->a[i * call->a_row + k * call->a_k];
      const float *v = call->b + k * n;
      for (ptrdiff_t j = 0; j < n; j++) row.p[j] = fma1(u, v[j], row.p[j]);
      end_term(&row);
    }
    const float *t = sums_end(&row);
    float *c = call->c + i * n;
    if (call->bias)
      for (ptrdiff_t j = 0; j < n; j++) c[j] = t[j] + call->bias[j];
    else
      for (ptrdiff_t j = 0; j < n; j++) c[j] = t[j];
  }
}

static void matmul_bias(float *c, const float *a, const float *b, const float *bias, ptrdiff_t m,
                        ptrdiff_t n, ptrdiff_t k, int transpose_a, int transpose_b) {
  if (transpose_b) {
    float *rows = ck_scratch(CK_SCRATCH_WEIGHT, k * n);
    for (ptrdiff_t j = 0; j < n; j++)
      for (ptrdiff_t i = 0; i < k; i++) rows[i * n + j] = b[j * k + i];
    b = rows;
  }
  matmul_call call = {.c = c, .a = a, .b = b, .bias = bias, .n = n, .k = k,
                      .a_row = transpose_a ? 1 : k, .a_k = transpose_a ? m : 1};
  ck_parallel(m, 4, matmul_rows, &call);
}
