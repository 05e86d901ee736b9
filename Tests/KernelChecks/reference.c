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

static void channel_sums_op(float *sums, const float *x, ptrdiff_t n, ptrdiff_t channels,
                            ptrdiff_t inner) {
  for (ptrdiff_t c = 0; c < channels; c++) {
    contraction sum = {0};
    for (ptrdiff_t i = 0; i < n; i++)
      for (ptrdiff_t j = 0; j < inner; j++) term(&sum, x[(i * channels + c) * inner + j], 1);
    sums[c] = total(sum);
  }
}

static void linear_backward_weight_op(float *dweight, float *dbias, const float *dy,
                                      const float *x, ptrdiff_t rows, ptrdiff_t in,
                                      ptrdiff_t out) {
  matmul_op(dweight, dy, x, out, in, rows, 1, 0);
  if (dbias) channel_sums_op(dbias, dy, rows, out, 1);
}

#include "reference_convolution.h"

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

#define UNARY(name)                                                                                \
  static void name##_op(float *y, const float *x, ptrdiff_t n) {                                   \
    for (ptrdiff_t i = 0; i < n; i++) y[i] = name##_of(x[i]);                                      \
  }
UNARY(exp)
UNARY(log)
UNARY(tanh)
UNARY(sigmoid)

#define BINARY(name, sign)                                                                         \
  static void name##_op(float *y, const float *a, const float *b, ptrdiff_t n) {                   \
    for (ptrdiff_t i = 0; i < n; i++) y[i] = a[i] sign b[i];                                       \
  }
BINARY(add, +)
BINARY(subtract, -)
BINARY(multiply, *)
BINARY(divide, /)

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
    if (s->decoupled) w[i] = fmaf(-s->rate_times_decay, w[i], w[i]);
    float g = s->decay != 0 && !s->decoupled ? fmaf(s->decay, w[i], gradient[i]) : gradient[i];
    m[i] = fmaf(s->beta1, m[i], s->one_minus_beta1 * g);
    v[i] = fmaf(s->beta2, v[i], s->one_minus_beta2 * (g * g));
    w[i] = fmaf(-s->rate, (m[i] / s->correction1) / (sqrtf(v[i] / s->correction2) + s->epsilon),
                w[i]);
  }
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
