#pragma STDC FP_CONTRACT OFF
// The definition of the arithmetic once more, one output at a time and with the C library's fma,
// which is correctly rounded: what the paths are held against. For its reader, not for speed.
#include <math.h>
#include <string.h>

#include "../../Sources/CKernels/path.h"
#include "checks.h"

// MARK: Sums

typedef struct contraction {
  float p, s, t;
  int terms, blocks;
} contraction;

static void end_segment(contraction *c) {
  c->t = c->t + c->s;
  c->s = 0;
  c->blocks = 0;
}

static void end_block(contraction *c) {
  c->s = c->s + c->p;
  c->p = 0;
  c->terms = 0;
  if (++c->blocks == 16) end_segment(c);
}

static void term(contraction *c, float u, float v) {
  c->p = fmaf(u, v, c->p);
  if (++c->terms == 256) end_block(c);
}

static float total(contraction c) {
  if (c.terms > 0) end_block(&c);
  if (c.blocks > 0) end_segment(&c);
  return c.t;
}

static float axis_sum(const float *x, const float *b, ptrdiff_t n) {
  float lane[32] = {0};
  if (n <= 4096) {
    for (ptrdiff_t i = 0; i < n; i++)
      lane[i % 32] = b ? fmaf(x[i], b[i], lane[i % 32]) : lane[i % 32] + x[i];
    for (int h = 16; h > 0; h /= 2)
      for (int j = 0; j < h; j++) lane[j] += lane[j + h];
    return lane[0];
  }
  ptrdiff_t blocks = (n + 4095) / 4096;
  float *partial = kc_floats(blocks);
  for (ptrdiff_t i = 0; i < blocks; i++)
    partial[i] = axis_sum(x + 4096 * i, b ? b + 4096 * i : 0, i < blocks - 1 ? 4096 : n - 4096 * i);
  float sum = axis_sum(partial, 0, blocks);
  kc_free(partial);
  return sum;
}

static float sum_op(const float *x, ptrdiff_t n) { return axis_sum(x, 0, n); }
static float dot_op(const float *a, const float *b, ptrdiff_t n) { return axis_sum(a, b, n); }

// MARK: Linear

static void matmul_op(float *c, const float *a, const float *b, ptrdiff_t m, ptrdiff_t n,
                      ptrdiff_t k, int ta, int tb) {
  for (ptrdiff_t i = 0; i < m; i++)
    for (ptrdiff_t j = 0; j < n; j++) {
      contraction sum = {0};
      for (ptrdiff_t l = 0; l < k; l++)
        term(&sum, ta ? a[l * m + i] : a[i * k + l], tb ? b[j * k + l] : b[l * n + j]);
      c[i * n + j] = total(sum);
    }
}

static void linear_forward_op(float *y, const float *x, const float *weight, const float *bias,
                              ptrdiff_t rows, ptrdiff_t in, ptrdiff_t out) {
  matmul_op(y, x, weight, rows, out, in, 0, 1);
  for (ptrdiff_t i = 0; bias && i < rows * out; i++) y[i] = y[i] + bias[i % out];
}

static void linear_backward_input_op(float *dx, const float *dy, const float *weight,
                                     ptrdiff_t rows, ptrdiff_t in, ptrdiff_t out) {
  matmul_op(dx, dy, weight, rows, in, out, 0, 0);
}

static void matmul_batched_op(float *c, const float *a, const float *b, ptrdiff_t batch,
                              ptrdiff_t m, ptrdiff_t n, ptrdiff_t k, ptrdiff_t a_step,
                              ptrdiff_t b_step, int ta, int tb) {
  for (ptrdiff_t i = 0; i < batch; i++)
    matmul_op(c + i * m * n, a + i * a_step, b + i * b_step, m, n, k, ta, tb);
}

// MARK: Channels

static void channel_sums_op(float *sums, const float *x, ptrdiff_t n, ptrdiff_t channels,
                            ptrdiff_t inner) {
  for (ptrdiff_t c = 0; c < channels; c++) {
    contraction sum = {0};
    for (ptrdiff_t i = 0; i < n; i++)
      for (ptrdiff_t j = 0; j < inner; j++) term(&sum, x[(i * channels + c) * inner + j], 1);
    sums[c] = total(sum);
  }
}

static void channel_dots_op(float *sums, const float *a, const float *b, ptrdiff_t n,
                            ptrdiff_t channels, ptrdiff_t inner) {
  for (ptrdiff_t c = 0; c < channels; c++) {
    contraction sum = {0};
    for (ptrdiff_t i = 0; i < n * inner; i++) {
      ptrdiff_t at = (i / inner * channels + c) * inner + i % inner;
      term(&sum, a[at], b[at]);
    }
    sums[c] = total(sum);
  }
}

static void batch_norm_statistics_op(float *mean, float *variance, const float *x, ptrdiff_t n,
                                     ptrdiff_t channels, ptrdiff_t inner) {
  ptrdiff_t count = n * channels * inner;
  float *d = kc_floats(count);
  channel_sums_op(mean, x, n, channels, inner);
  for (ptrdiff_t c = 0; c < channels; c++) mean[c] = mean[c] / (float)(n * inner);
  for (ptrdiff_t i = 0; i < count; i++) d[i] = x[i] - mean[i / inner % channels];
  channel_dots_op(variance, d, d, n, channels, inner);
  for (ptrdiff_t c = 0; c < channels; c++) variance[c] = variance[c] / (float)(n * inner);
  kc_free(d);
}

static void batch_norm_apply_op(float *y, const float *x, const float *mean, const float *rstd,
                                const float *gamma, const float *beta, ptrdiff_t n,
                                ptrdiff_t channels, ptrdiff_t inner) {
  for (ptrdiff_t i = 0; i < n * channels * inner; i++) {
    ptrdiff_t c = i / inner % channels;
    y[i] = fmaf(x[i] - mean[c], gamma[c] * rstd[c], beta[c]);
  }
}

static void batch_norm_backward_op(float *dx, float *dgamma, float *dbeta, const float *dy,
                                   const float *x, const float *mean, const float *rstd,
                                   const float *gamma, ptrdiff_t n, ptrdiff_t channels,
                                   ptrdiff_t inner) {
  ptrdiff_t count = n * channels * inner;
  float *h = kc_floats(count);
  for (ptrdiff_t i = 0; i < count; i++)
    h[i] = (x[i] - mean[i / inner % channels]) * rstd[i / inner % channels];
  channel_sums_op(dbeta, dy, n, channels, inner);
  channel_dots_op(dgamma, dy, h, n, channels, inner);
  for (ptrdiff_t i = 0; dx && i < count; i++) {
    ptrdiff_t c = i / inner % channels;
    float c1 = dbeta[c] / (float)(n * inner), c2 = dgamma[c] / (float)(n * inner);
    dx[i] = gamma[c] * rstd[c] * fmaf(-h[i], c2, dy[i] - c1);
  }
  kc_free(h);
}

static void linear_backward_weight_op(float *dweight, float *dbias, const float *dy,
                                      const float *x, ptrdiff_t rows, ptrdiff_t in,
                                      ptrdiff_t out) {
  matmul_op(dweight, dy, x, out, in, rows, 1, 0);
  if (dbias) channel_sums_op(dbias, dy, rows, out, 1);
}

// MARK: Element by element

static uint32_t bits(float x) {
  uint32_t b;
  memcpy(&b, &x, 4);
  return b;
}

static float from_bits(uint32_t b) {
  float x;
  memcpy(&x, &b, 4);
  return x;
}

static float polynomial(const float *c, int count, float x) {
  float q = c[0];
  for (int i = 1; i < count; i++) q = fmaf(q, x, c[i]);
  return q;
}

static float exp_of(float x) {
  static const float c[] = {0x1.6a23cep-10f, 0x1.123a2p-7f, 0x1.5558f2p-5f, 0x1.555492p-3f,
                            0x1.fffffcp-2f};
  if (x != x) return x;
  if (x > 89) x = 89;
  if (x < -104) x = -104;
  float t = fmaf(x, 0x1.715476p+0f, 0x1.8p23f), nf = t - 0x1.8p23f;
  float r = fmaf(nf, -0x1.7f7d1cp-20f, fmaf(nf, -0x1.62e4p-1f, x));
  float y = 1 + fmaf(r * r, polynomial(c, 5, r), r);
  int n = (int)nf, n1 = (n - (n & 1)) / 2;
  return (y * ldexpf(1, n1)) * ldexpf(1, n - n1);
}

static float log_of(float x) {
  static const float c[] = {0x1.1457aap-4f,  -0x1.de3c24p-4f, 0x1.e6f072p-4f,
                            -0x1.fc2206p-4f, 0x1.233768p-3f,  -0x1.555c4ep-3f,
                            0x1.99a4b6p-3f,  -0x1.000006p-2f, 0x1.555548p-2f};
  if (x != x || x < 0) return NAN;
  if (x == 0) return -INFINITY;
  if (isinf(x)) return x;
  float e = 0;
  if (x < 0x1p-126f) x *= 0x1p23f, e = -23;
  int power;
  float m = frexpf(x, &power);  // in 1/2 ..< 1; wanted in sqrt(1/2) ..< sqrt 2
  if (bits(m) < 0x3f3504f3) m *= 2, power--;
  e += (float)power;
  float f = m - 1, u = (f * f) * fmaf(polynomial(c, 9, f), f, -0.5f);
  return fmaf(e, 0x1.62e4p-1f, f + fmaf(e, 0x1.7f7d1cp-20f, u));
}

static float tanh_of(float x) {
  static const float c[] = {-0x1.75a1fap-8f, 0x1.5218e4p-6f, -0x1.b83a58p-5f, 0x1.110718p-3f,
                            -0x1.555532p-2f};
  if (fabsf(x) < 0.625f) return fmaf(x * (x * x), polynomial(c, 5, x * x), x);
  float a = fabsf(x) > 10 ? 10 : fabsf(x);
  return copysignf(1 - 2 / (exp_of(a + a) + 1), x);
}

static float sigmoid_of(float x) {
  float e = exp_of(-fabsf(x));
  return (x < 0 ? e : 1) / (1 + e);
}

static float log1p_of(float x) {
  float u = 1 + x;
  if (x > 0x1p24f || !(u > 0)) return log_of(u);
  return u == 1 ? x : log_of(u) + (x - (u - 1)) / u;
}

static float erf_of(float x) {
  static const float near[] = {0x1.496a28p-14f, -0x1.a3f6fcp-11f, 0x1.5405b2p-8f, -0x1.b7f90cp-6f,
                               0x1.ce2cf8p-4f,  -0x1.81273ep-2f,  0x1.06eba8p-3f};
  static const float far[] = {0x1.6c06a4p-16f, -0x1.ceeafap-12f, 0x1.1398fcp-8f, -0x1.9d0bd6p-6f,
                              0x1.bc18dp-4f,   0x1.4434fp-1f,    0x1.212c2cp+0f, -0x1.8b3ecep-13f};
  if (x != x) return x;
  if (fabsf(x) <= 1) return fmaf(x, polynomial(near, 7, x * x), x);
  return copysignf(1 - exp_of(-polynomial(far, 8, fminf(fabsf(x), 4))), x);
}

static float sine_of(float x, int shift) {
  static const float sines[] = {0x1.6ccbb4p-19f, -0x1.a00f68p-13f, 0x1.111108p-7f,
                                -0x1.555556p-3f};
  static const float cosines[] = {0x1.99f2dcp-16f, -0x1.6c0c58p-10f, 0x1.55554ap-5f};
  if (!(fabsf(x) <= 0x1p20f)) return NAN;
  double turns = rint(x * 0x1.45f306dc9c883p-1);
  int q = ((int)turns + shift) & 3;
  float r = (float)((x - turns * 0x1.921fb544p+0) - turns * 0x1.0b4611a626331p-34), z = r * r;
  float y = q % 2 ? fmaf(z * z, polynomial(cosines, 3, z), fmaf(z, -0.5f, 1))
                  : fmaf(r * z, polynomial(sines, 4, z), r);
  return q >= 2 ? -y : y;
}

static float unary_of(int operation, float x) {
  switch (operation) {
    case CK_NEGATE: return -x;
    case CK_ABSOLUTE: return fabsf(x);
    case CK_SIGN: return x > 0 ? 1 : x < 0 ? -1 : x;
    case CK_SQRT: return sqrtf(x);
    case CK_RSQRT: return 1 / sqrtf(x);
    case CK_RECIPROCAL: return 1 / x;
    case CK_EXP: return exp_of(x);
    case CK_LOG: return log_of(x);
    case CK_LOG1P: return log1p_of(x);
    case CK_TANH: return tanh_of(x);
    case CK_SIGMOID: return sigmoid_of(x);
    case CK_ERF: return erf_of(x);
    case CK_SOFTPLUS: return x != x ? x : (x > 0 ? x : 0) + log1p_of(exp_of(-fabsf(x)));
    case CK_SIN: return x == 0 ? x : sine_of(x, 0);
    case CK_COS: return sine_of(x, 1);
    case CK_RELU: return x <= 0 ? 0 : x;
    case CK_FLOOR: return floorf(x);
    default: return x != x;
  }
}

static void unary_op(int operation, float *y, const float *x, ptrdiff_t n) {
  for (ptrdiff_t i = 0; i < n; i++) y[i] = unary_of(operation, x[i]);
}

static void relu_forward_op(float *y, const float *x, ptrdiff_t n) {
  unary_op(CK_RELU, y, x, n);
}

// |x| to the power y in binary64: the series of log2 and exp2, summed from their small ends.
static float power_of(float x, float y) {
  if (y == 0 || x == 1) return 1;
  if (x != x || y != y) return NAN;
  int whole = floorf(y) == y, odd = whole && fabsf(y) < 0x1p24f && fmodf(y, 2) != 0;
  if (x < 0 && !isinf(x) && !whole) return NAN;
  float sign = signbit(x) && odd ? -1 : 1, size = fabsf(x);
  if (size == 1) return sign;
  if (size == 0 || isinf(size) || isinf(y)) return (size > 1) == (y > 0) ? sign * INFINITY : sign * 0;
  int exponent;
  float digits = frexpf(size, &exponent);
  if (bits(digits) < 0x3f3504f3) digits *= 2, exponent--;
  double s = ((double)digits - 1) / ((double)digits + 1), z = s * s, P = 1.0 / 19;
  for (int n = 17; n >= 3; n -= 2) P = P * z + 1.0 / n;
  double log2 = exponent + 2 * (s + s * z * P) * 0x1.71547652b82fep+0, t = y * log2;
  if (t > 300) t = 300;
  if (t < -300) t = -300;
  double f = (t - rint(t)) * 0x1.62e42fefa39efp-1, factorial = 6227020800, E = 1 / factorial;
  for (int n = 12; n >= 0; n--) E = E * f + 1 / (factorial /= n + 1);
  return sign * (float)ldexp(E, (int)rint(t));
}

static float binary_of(int operation, float a, float b) {
  switch (operation) {
    case CK_ADD: return a + b;
    case CK_SUBTRACT: return a - b;
    case CK_MULTIPLY: return a * b;
    case CK_DIVIDE: return a / b;
    case CK_MAXIMUM: return a > b ? a : b;
    case CK_MINIMUM: return a < b ? a : b;
    case CK_POWER: return power_of(a, b);
    case CK_EQUAL: return a == b;
    case CK_LESS: return a < b;
    case CK_LESS_OR_EQUAL: return a <= b;
    case CK_GATE: return b > 0 ? a : 0;
    default: return a > 0 ? a : b * a;
  }
}

static float ternary_of(int operation, float a, float b, float c) {
  switch (operation) {
    case CK_MULTIPLY_ADD: return fmaf(a, b, c);
    case CK_SELECT: return a != 0 ? b : c;
    case CK_CLAMP: return a < b ? b : a > c ? c : a;
    default: return b > 0 ? a : c * a;
  }
}

// Where element i of a row-major array of `sizes` lies among `strides`.
static ptrdiff_t place_of(ptrdiff_t i, const ptrdiff_t *strides, const ptrdiff_t *sizes, int rank) {
  ptrdiff_t place = 0;
  for (int axis = rank - 1; axis >= 0; i /= sizes[axis--]) place += i % sizes[axis] * strides[axis];
  return place;
}

static ptrdiff_t count_of(const ptrdiff_t *sizes, int rank) {
  ptrdiff_t count = 1;
  for (int axis = 0; axis < rank; axis++) count *= sizes[axis];
  return count;
}

static void binary_op(int operation, float *y, const float *a, const ptrdiff_t *a_strides,
                      const float *b, const ptrdiff_t *b_strides, const ptrdiff_t *sizes,
                      int rank) {
  for (ptrdiff_t i = 0; i < count_of(sizes, rank); i++)
    y[i] = binary_of(operation, a[place_of(i, a_strides, sizes, rank)],
                     b[place_of(i, b_strides, sizes, rank)]);
}

static void ternary_op(int operation, float *y, const float *a, const ptrdiff_t *a_strides,
                       const float *b, const ptrdiff_t *b_strides, const float *c,
                       const ptrdiff_t *c_strides, const ptrdiff_t *sizes, int rank) {
  for (ptrdiff_t i = 0; i < count_of(sizes, rank); i++)
    y[i] = ternary_of(operation, a[place_of(i, a_strides, sizes, rank)],
                      b[place_of(i, b_strides, sizes, rank)],
                      c[place_of(i, c_strides, sizes, rank)]);
}

static void gather_strided_op(float *y, const float *x, const ptrdiff_t *strides,
                              const ptrdiff_t *sizes, int rank) {
  for (ptrdiff_t i = 0; i < count_of(sizes, rank); i++) y[i] = x[place_of(i, strides, sizes, rank)];
}

static void scatter_strided_op(float *y, const ptrdiff_t *strides, const float *x,
                               const ptrdiff_t *sizes, int rank) {
  for (ptrdiff_t i = 0; i < count_of(sizes, rank); i++) y[place_of(i, strides, sizes, rank)] = x[i];
}

#include "reference_convolution.h"

static void scale_op(float *y, const float *x, float factor, ptrdiff_t n) {
  for (ptrdiff_t i = 0; i < n; i++) y[i] = x[i] * factor;
}

static void add_scaled_op(float *y, const float *x, float factor, ptrdiff_t n) {
  for (ptrdiff_t i = 0; i < n; i++) y[i] = fmaf(x[i], factor, y[i]);
}

static void normalize_bytes_op(float *y, const uint8_t *x, float scale, float mean,
                               float deviation, ptrdiff_t n) {
  for (ptrdiff_t i = 0; i < n; i++) y[i] = ((float)x[i] / scale - mean) / deviation;
}

static int all_finite_op(const float *x, ptrdiff_t n) {
  for (ptrdiff_t i = 0; i < n; i++)
    if (!isfinite(x[i])) return 0;
  return 1;
}

// MARK: Rows

static void sum_rows_op(float *y, const float *x, ptrdiff_t rows, ptrdiff_t columns) {
  for (ptrdiff_t i = 0; i < rows; i++) y[i] = axis_sum(x + i * columns, 0, columns);
}

static void dot_rows_op(float *y, const float *a, const float *b, ptrdiff_t rows,
                        ptrdiff_t columns) {
  for (ptrdiff_t i = 0; i < rows; i++)
    y[i] = axis_sum(a + i * columns, b + i * columns, columns);
}

static void sum_axis_op(float *y, const float *x, ptrdiff_t outer, ptrdiff_t n, ptrdiff_t inner) {
  for (ptrdiff_t i = 0; i < outer * inner; i++) {
    y[i] = 0;
    for (ptrdiff_t k = 0; k < n; k++) y[i] += x[(i / inner * n + k) * inner + i % inner];
  }
}

static float softmax_terms(float *e, const float *x, ptrdiff_t n, float *m) {
  *m = x[0];
  for (ptrdiff_t j = 0; j < n; j++) *m = x[j] > *m ? x[j] : *m;
  for (ptrdiff_t j = 0; j < n; j++) e[j] = exp_of(x[j] - *m);
  return axis_sum(e, 0, n);
}

static void softmax_rows_op(float *y, const float *x, ptrdiff_t rows, ptrdiff_t columns) {
  for (ptrdiff_t i = 0; i < rows; i++, x += columns, y += columns) {
    float m, inverse = 1 / softmax_terms(y, x, columns, &m);
    for (ptrdiff_t j = 0; j < columns; j++) y[j] = y[j] * inverse;
  }
}

static void softmax_rows_backward_op(float *dx, const float *dy, const float *y, ptrdiff_t rows,
                                     ptrdiff_t columns) {
  for (ptrdiff_t i = 0; i < rows * columns; i++)
    dx[i] = y[i] * (dy[i] - axis_sum(dy + i - i % columns, y + i - i % columns, columns));
}

static void log_softmax_rows_op(float *y, const float *x, ptrdiff_t rows, ptrdiff_t columns) {
  for (ptrdiff_t i = 0; i < rows; i++, x += columns, y += columns) {
    float m, log_sum = log_of(softmax_terms(y, x, columns, &m));
    for (ptrdiff_t j = 0; j < columns; j++) y[j] = (x[j] - m) - log_sum;
  }
}

static void log_softmax_rows_backward_op(float *dx, const float *dy, const float *y,
                                         ptrdiff_t rows, ptrdiff_t columns) {
  for (ptrdiff_t i = 0; i < rows * columns; i++)
    dx[i] = fmaf(-exp_of(y[i]), axis_sum(dy + i - i % columns, 0, columns), dy[i]);
}

static void cross_entropy_rows_op(float *losses, float *gradient, const float *logits,
                                  const int32_t *labels, float factor, ptrdiff_t rows,
                                  ptrdiff_t columns) {
  float *e = kc_floats(columns);
  for (ptrdiff_t i = 0; i < rows; i++, logits += columns) {
    float m, sum = softmax_terms(e, logits, columns, &m);
    losses[i] = log_of(sum) - (logits[labels[i]] - m);
    for (ptrdiff_t j = 0; gradient && j < columns; j++)
      *gradient++ = (e[j] * (1 / sum) - (j == labels[i] ? 1.0f : 0.0f)) * factor;
  }
  kc_free(e);
}

// MARK: Optimisers

static void sgd_step_op(float *w, float *v, const float *gradient, float rate, float momentum,
                        float decay, int nesterov, ptrdiff_t n) {
  for (ptrdiff_t i = 0; i < n; i++) {
    float g = fmaf(decay, w[i], gradient[i]);
    v[i] = fmaf(momentum, v[i], g);
    w[i] = fmaf(-rate, nesterov ? fmaf(momentum, v[i], g) : v[i], w[i]);
  }
}

static void adam_step_op(float *w, float *m, float *v, const float *gradient, const ck_adam *s,
                         ptrdiff_t n) {
  for (ptrdiff_t i = 0; i < n; i++) {
    float g = s->decay != 0 && !s->decoupled ? fmaf(s->decay, w[i], gradient[i]) : gradient[i];
    m[i] = fmaf(s->beta1, m[i], s->one_minus_beta1 * g);
    v[i] = fmaf(s->beta2, v[i], s->one_minus_beta2 * (g * g));
    if (s->decoupled) w[i] = fmaf(-s->rate_times_decay, w[i], w[i]);
    w[i] = fmaf(-s->rate, (m[i] / s->correction1) / (sqrtf(v[i] / s->correction2) + s->epsilon),
                w[i]);
  }
}

static void lamb_direction_op(float *direction, float *m, float *v, const float *w, const float *g,
                              const ck_adam *s, ptrdiff_t n) {
  for (ptrdiff_t i = 0; i < n; i++) {
    m[i] = fmaf(s->beta1, m[i], s->one_minus_beta1 * g[i]);
    v[i] = fmaf(s->beta2, v[i], s->one_minus_beta2 * (g[i] * g[i]));
    float step = (m[i] / s->correction1) / (sqrtf(v[i] / s->correction2) + s->epsilon);
    direction[i] = fmaf(s->decay, w[i], step);
  }
}

static void average_step_op(float *average, const float *w, float keep, float take, ptrdiff_t n) {
  for (ptrdiff_t i = 0; i < n; i++) average[i] = fmaf(keep, average[i], take * w[i]);
}

// MARK: Random numbers

static uint32_t word_at(uint64_t seed, uint64_t stream, uint64_t element) {
  uint32_t key[2] = {(uint32_t)seed, (uint32_t)(seed >> 32)};
  uint32_t c[4] = {(uint32_t)(element / 4), (uint32_t)(element / 4 >> 32), (uint32_t)stream,
                   (uint32_t)(stream >> 32)};
  for (int round = 0; round < 10; round++) {
    uint64_t a = (uint64_t)0xd2511f53u * c[0], b = (uint64_t)0xcd9e8d57u * c[2];
    uint32_t next[4] = {(uint32_t)(b >> 32) ^ c[1] ^ key[0], (uint32_t)b,
                        (uint32_t)(a >> 32) ^ c[3] ^ key[1], (uint32_t)a};
    memcpy(c, next, sizeof c);
    key[0] += 0x9e3779b9u;
    key[1] += 0xbb67ae85u;
  }
  return c[element % 4];
}

static void philox_words_op(uint32_t *words, uint64_t seed, uint64_t stream, uint64_t first,
                            ptrdiff_t n) {
  for (ptrdiff_t i = 0; i < n; i++) words[i] = word_at(seed, stream, first + (uint64_t)i);
}

static float fraction(uint32_t digits) { return (float)digits * 0x1p-24f; }

static void uniform_op(float *y, uint64_t seed, uint64_t stream, uint64_t first, float low,
                       float high, ptrdiff_t n) {
  for (ptrdiff_t i = 0; i < n; i++)
    y[i] = fmaf(fraction(word_at(seed, stream, first + (uint64_t)i) >> 8), high - low, low);
}

static void dropout_mask_op(float *y, uint64_t seed, uint64_t stream, uint64_t first,
                            uint32_t threshold, float scale, ptrdiff_t n) {
  for (ptrdiff_t i = 0; i < n; i++)
    y[i] = word_at(seed, stream, first + (uint64_t)i) >> 8 >= threshold ? scale : 0;
}

static float normal_at(uint64_t seed, uint64_t stream, uint64_t element) {
  static const float sines[] = {0x1.4bdfacp-4f, -0x1.32cb0ap-1f, 0x1.466bbcp+1f, -0x1.4abbcep+2f};
  static const float cosines[] = {0x1.d9d3cep-3f, -0x1.55c5dap+0f, 0x1.03c1dep+2f,
                                  -0x1.3bd3ccp+2f};
  uint64_t pair = element / 2 * 2;
  float u1 = fraction((word_at(seed, stream, pair) >> 8) + 1);
  float u = fraction(word_at(seed, stream, pair + 1) >> 8);
  float r = sqrtf(-2 * log_of(u1)), t = fmaf(u, 4, 0x1.8p23f);
  int q = (int)(bits(t) - bits(0x1.8p23f));
  float f = fmaf(t - 0x1.8p23f, -0.5f, u + u), z = f * f;
  float s = fmaf(f * z, polynomial(sines, 4, z), f * 0x1.921fb6p+1f);
  float c = fmaf(z, polynomial(cosines, 4, z), 1);
  float sine = q % 2 ? c : s, cosine = q % 2 ? s : c;
  if (element % 2) return r * (q & 2 ? from_bits(bits(sine) ^ 0x80000000u) : sine);
  return r * ((q + 1) & 2 ? from_bits(bits(cosine) ^ 0x80000000u) : cosine);
}

static void normal_op(float *y, uint64_t seed, uint64_t stream, uint64_t first, ptrdiff_t n) {
  for (ptrdiff_t i = 0; i < n; i++) y[i] = normal_at(seed, stream, first + (uint64_t)i);
}

const ck_path_table kc_reference_table = {CK_OPERATIONS(CK_ENTRY)};
