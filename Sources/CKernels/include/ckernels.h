// The arithmetic of training, defined to the bit.
//
// Every operation returns the same bits on every path (portable C, AVX2, AVX-512), for every number
// of threads, compiler and optimisation level: the order of the operations behind each output is
// fixed, and lanes and threads are only spread over different outputs.
//
// The sums:
//   contraction   p = fma(u[k], v[k], p) over 256 consecutive k; S = +0 + p + p' + ... over 16 such
//                 blocks; T = +0 + S + S' + ... Bias and activation come after.
//   channel sum   the same with v = 1.
//   axis sum      32 lanes, lane i % 32 adds ascending i from +0, then lane[j] += lane[j + h] for
//                 h = 16, 8, 4, 2, 1; more than 4096 elements: the same sum over the sums of 4096.
//
// All arrays are row-major, contiguous and never overlap unless an operation says so. Sizes may be
// zero: an empty sum is +0. Operands are expected finite; what is not comes out non-finite, and is
// found by ck_all_finite. One call runs at a time on the threads of the pool; a call that finds
// them busy runs on its own thread.
#ifndef CKERNELS_H
#define CKERNELS_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// Pointers are never NULL unless marked so.
#ifdef __clang__
#define CK_NULLABLE _Nullable
#pragma clang assume_nonnull begin
#else
#define CK_NULLABLE
#endif

// MARK: Paths and threads

enum {
  CK_PORTABLE = 0,  // plain loops, on every machine; uses the machine's fma where there is one
  CK_AVX2 = 1,      // x86-64 with AVX2 and FMA
  CK_AVX512 = 2,    // x86-64 with AVX-512 F and DQ
  CK_EMULATED = 3,  // plain loops and an fma made of binary64 arithmetic: a test of that emulation
  CK_PATH_COUNT = 4
};

/// "portable", "avx2", "avx512", "emulated"; NULL for any other number.
const char *CK_NULLABLE ck_path_name(int path);
/// 1 where this machine can run the path, else 0.
int ck_path_available(int path);
/// Makes every later call take the path. Returns 0, or -1 (nothing changed) where it cannot run.
int ck_select_path(int path);
/// The path in use: the fastest that this machine runs, until one is selected.
int ck_path(void);
/// Lets every later call use `count` threads, the caller's included: 1 to 64, what is beyond becomes
/// the nearest. Starts at 1.
void ck_set_threads(int count);
int ck_threads(void);

// MARK: Matrices

/// c[m,n] = Σ_k a[m,k] b[k,n], a contraction.
///
/// With `transpose_a` the array a is stored [k][m], with `transpose_b` b is stored [n][k].
void ck_matmul(float *c, const float *a, const float *b, ptrdiff_t m, ptrdiff_t n, ptrdiff_t k,
               int transpose_a, int transpose_b);

/// y[row,out] = Σ_in x[row,in] weight[out,in] + bias[out]; without bias (NULL) the sum alone.
void ck_linear_forward(float *y, const float *x, const float *weight, const float *CK_NULLABLE bias,
                       ptrdiff_t rows, ptrdiff_t in, ptrdiff_t out);
/// dx[row,in] = Σ_out dy[row,out] weight[out,in].
void ck_linear_backward_input(float *dx, const float *dy, const float *weight, ptrdiff_t rows,
                              ptrdiff_t in, ptrdiff_t out);
/// dweight[out,in] = Σ_row dy[row,out] x[row,in]; dbias[out] = Σ_row dy[row,out] (NULL: not asked).
void ck_linear_backward_weight(float *dweight, float *CK_NULLABLE dbias, const float *dy,
                               const float *x, ptrdiff_t rows, ptrdiff_t in, ptrdiff_t out);

/// sums[c] = Σ over (n, i), n slowest, of x[n,c,i]: the gradient of a bias. A channel sum.
void ck_channel_sums(float *sums, const float *x, ptrdiff_t n, ptrdiff_t channels, ptrdiff_t inner);

// MARK: Convolution

/// A two-dimensional convolution; stride and padding are the same in both directions.
///
/// Arrays: x [batch][in_channels][height][width], weight
/// [out_channels][in_channels][kernel_height][kernel_width], y [batch][out_channels][oh][ow] with
/// oh = (height + 2 padding - kernel_height) / stride + 1, and ow likewise. stride >= 1; the kernel
/// has at least one tap; an image with its padding has fewer than 2^31 elements.
typedef struct ck_conv2d {
  ptrdiff_t batch, in_channels, height, width;
  ptrdiff_t out_channels, kernel_height, kernel_width;
  ptrdiff_t stride, padding;
} ck_conv2d;

/// Rows of the output; 0 where the kernel does not fit.
ptrdiff_t ck_conv2d_out_height(const ck_conv2d *shape);
/// Columns of the output; 0 where the kernel does not fit.
ptrdiff_t ck_conv2d_out_width(const ck_conv2d *shape);

/// y = x * weight + bias (NULL: none); k runs over (kernel row, kernel column, input channel).
void ck_conv2d_forward(float *y, const float *x, const float *weight, const float *CK_NULLABLE bias,
                       const ck_conv2d *shape);
/// The gradient at x; k runs over (kernel row, kernel column, output channel), over the taps that
/// the stride lets reach the pixel.
void ck_conv2d_backward_input(float *dx, const float *dy, const float *weight,
                              const ck_conv2d *shape);
/// The gradients at weight and bias (NULL: not asked); k runs over (image, row, column).
void ck_conv2d_backward_weight(float *dweight, float *CK_NULLABLE dbias, const float *dy,
                               const float *x, const ck_conv2d *shape);

// MARK: Activations and pooling

/// y = (x <= 0) ? +0 : x; NaN passes. y may be x.
void ck_relu_forward(float *y, const float *x, ptrdiff_t n);
/// dx = (y > 0) ? dy : +0, with y either the input or the output of the forward pass. dx may be dy.
void ck_relu_backward(float *dx, const float *dy, const float *y, ptrdiff_t n);

/// Square windows over planes: x [planes][height][width], y [planes][ph][pw] with
/// ph = (height - kernel) / stride + 1, and pw likewise. 1 <= kernel <= 15, stride >= 1, no padding.
typedef struct ck_pool2d {
  ptrdiff_t planes, height, width;
  ptrdiff_t kernel, stride, padding;
} ck_pool2d;

ptrdiff_t ck_pool2d_out_height(const ck_pool2d *shape);
ptrdiff_t ck_pool2d_out_width(const ck_pool2d *shape);

/// y = the window's maximum, index = its place in the window, row-major from 0; the first of equals.
void ck_maxpool2d_forward(float *y, uint8_t *index, const float *x, const ck_pool2d *shape);
/// dx = +0, then dx at each window's maximum += dy, windows ascending.
void ck_maxpool2d_backward(float *dx, const float *dy, const uint8_t *index,
                           const ck_pool2d *shape);

/// maxpool(relu(conv(x) + bias)) in one go, with the bits of the three operations.
///
/// y and index are [batch][out_channels][ph][pw]; the pool works on the convolution's planes.
void ck_conv2d_relu_maxpool_forward(float *y, uint8_t *index, const float *x, const float *weight,
                                    const float *CK_NULLABLE bias, const ck_conv2d *shape,
                                    ptrdiff_t pool_kernel, ptrdiff_t pool_stride);
/// Its gradients, with the bits of maxpool, relu and convolution backward; y and index are the
/// forward pass's. dx and dbias may be NULL: not asked.
void ck_conv2d_relu_maxpool_backward(float *CK_NULLABLE dx, float *dweight,
                                     float *CK_NULLABLE dbias, const float *dy, const float *y,
                                     const uint8_t *index, const float *x, const float *weight,
                                     const ck_conv2d *shape, ptrdiff_t pool_kernel,
                                     ptrdiff_t pool_stride);

// MARK: Element by element (the output may be an input)

void ck_add(float *y, const float *a, const float *b, ptrdiff_t n);
void ck_subtract(float *y, const float *a, const float *b, ptrdiff_t n);
void ck_multiply(float *y, const float *a, const float *b, ptrdiff_t n);
void ck_divide(float *y, const float *a, const float *b, ptrdiff_t n);
/// y = x · factor.
void ck_scale(float *y, const float *x, float factor, ptrdiff_t n);
/// y = fma(x, factor, y).
void ck_add_scaled(float *y, const float *x, float factor, ptrdiff_t n);
/// y = (x / scale - mean) / deviation: pixels to inputs, two divisions.
void ck_normalize_bytes(float *y, const uint8_t *x, float scale, float mean, float deviation,
                        ptrdiff_t n);
/// e to the x, within 1.01 ulp.
void ck_exp(float *y, const float *x, ptrdiff_t n);
/// The natural logarithm, within 0.86 ulp; log 0 = -inf, NaN below 0.
void ck_log(float *y, const float *x, ptrdiff_t n);
/// Within 1.34 ulp.
void ck_tanh(float *y, const float *x, ptrdiff_t n);
/// 1 / (1 + e^-x), within 2.41 ulp.
void ck_sigmoid(float *y, const float *x, ptrdiff_t n);
/// 1 where no element is infinite or NaN, else 0.
int ck_all_finite(const float *x, ptrdiff_t n);


#define CK_MOST_AXES 8
enum { CK_NEGATE, CK_ABSOLUTE, CK_SIGN, CK_SQRT, CK_RSQRT, CK_RECIPROCAL, CK_EXP, CK_LOG, CK_LOG1P, CK_TANH, CK_SIGMOID, CK_ERF, CK_SOFTPLUS, CK_SIN, CK_COS, CK_RELU, CK_FLOOR, CK_IS_NAN, CK_UNARY_COUNT };
void ck_unary(int operation, float *y, const float *x, ptrdiff_t n);
enum { CK_ADD, CK_SUBTRACT, CK_MULTIPLY, CK_DIVIDE, CK_MAXIMUM, CK_MINIMUM, CK_POWER, CK_EQUAL, CK_LESS, CK_LESS_OR_EQUAL, CK_GATE, CK_BINARY_COUNT };
enum { CK_MULTIPLY_ADD, CK_SELECT, CK_CLAMP, CK_TERNARY_COUNT };
void ck_binary(int operation, float *y, const float *a, const ptrdiff_t *a_strides, const float *b, const ptrdiff_t *b_strides, const ptrdiff_t *sizes, int rank);
void ck_ternary(int operation, float *y, const float *a, const ptrdiff_t *a_strides, const float *b, const ptrdiff_t *b_strides, const float *c, const ptrdiff_t *c_strides, const ptrdiff_t *sizes, int rank);
void ck_gather_strided(float *y, const float *x, const ptrdiff_t *x_strides, const ptrdiff_t *sizes, int rank);
void ck_scatter_strided(float *y, const ptrdiff_t *y_strides, const float *x, const ptrdiff_t *sizes, int rank);
void ck_sum_rows(float *y, const float *x, ptrdiff_t rows, ptrdiff_t columns);
void ck_dot_rows(float *y, const float *a, const float *b, ptrdiff_t rows, ptrdiff_t columns);
void ck_sum_axis(float *y, const float *x, ptrdiff_t outer, ptrdiff_t n, ptrdiff_t inner);
void ck_channel_dots(float *sums, const float *a, const float *b, ptrdiff_t n, ptrdiff_t channels, ptrdiff_t inner);
void ck_matmul_batched(float *c, const float *a, const float *b, ptrdiff_t batch, ptrdiff_t m, ptrdiff_t n, ptrdiff_t k, ptrdiff_t a_step, ptrdiff_t b_step, int ta, int tb);
// MARK: Rows

/// The axis sum of n elements.
float ck_sum(const float *x, ptrdiff_t n);
/// The axis sum of a[i] · b[i], each product added by fma.
float ck_dot(const float *a, const float *b, ptrdiff_t n);
/// y_j = e_j · (1 / s), e_j = exp(x_j - max x), s = the axis sum of e. y may be x.
void ck_softmax_rows(float *y, const float *x, ptrdiff_t rows, ptrdiff_t columns);
/// dx_j = y_j · (dy_j - ck_dot(dy, y)), y the softmax.
void ck_softmax_rows_backward(float *dx, const float *dy, const float *y, ptrdiff_t rows,
                              ptrdiff_t columns);
/// y_j = (x_j - m) - log s, with m and s as in the softmax. y may not be x.
void ck_log_softmax_rows(float *y, const float *x, ptrdiff_t rows, ptrdiff_t columns);
/// dx_j = fma(-exp(y_j), ck_sum(dy), dy_j), y the log softmax.
void ck_log_softmax_rows_backward(float *dx, const float *dy, const float *y, ptrdiff_t rows,
                                  ptrdiff_t columns);
/// losses[i] = log s - (x[i,t] - m), t = labels[i]; gradient[i,j] = (softmax_j - [j = t]) · factor.
///
/// The batch's loss is ck_sum(losses) / rows and its gradient has factor 1 / rows. Labels lie in
/// 0..<columns. gradient may be NULL: not asked.
void ck_cross_entropy_rows(float *losses, float *CK_NULLABLE gradient, const float *logits,
                           const int32_t *labels, float factor, ptrdiff_t rows, ptrdiff_t columns);

// MARK: Optimisers

/// g = fma(decay, w, g); v = fma(momentum, v, g); w = fma(-rate, v, w). gradient is only read.
void ck_sgd_step(float *weights, float *velocity, const float *gradient, float rate, float momentum,
                 float decay, int nesterov, ptrdiff_t n);

/// Adam's scalars, each computed in binary64 and rounded once; the corrections are 1 - β^t with β^t
/// a running product.
typedef struct ck_adam {
  float rate, epsilon, decay;
  float beta1, one_minus_beta1, beta2, one_minus_beta2;
  float correction1, correction2;
  float rate_times_decay;
  int decoupled;
} ck_adam;

/// g = fma(decay, w, g) unless decay is 0; m = fma(β1, m, (1-β1) g); v = fma(β2, v, (1-β2) (g g));
/// w = fma(-rate, (m / c1) / (sqrt(v / c2) + ε), w). gradient is only read.
void ck_adam_step(float *weights, float *m, float *v, const float *gradient, const ck_adam *scalars,
                  ptrdiff_t n);

void ck_lamb_direction(float *direction, float *m, float *v, const float *w, const float *g,
                       const ck_adam *scalars, ptrdiff_t n);
void ck_average_step(float *average, const float *w, float keep, float take, ptrdiff_t n);

// MARK: Random numbers

/// Elements first ..< first + n of a stream: Philox4x32-10, key = seed, element i is word i % 4 of
/// the block with counter (i / 4, stream).
void ck_philox_words(uint32_t *words, uint64_t seed, uint64_t stream, uint64_t first, ptrdiff_t n);
/// Uniform in [low, high): fma(u, high - low, low), u = (word >> 8) · 2^-24.
void ck_uniform(float *y, uint64_t seed, uint64_t stream, uint64_t first, float low, float high,
                ptrdiff_t n);
/// Standard normal (Box-Muller on the element's pair of words).
void ck_normal(float *y, uint64_t seed, uint64_t stream, uint64_t first, ptrdiff_t n);

#ifdef __clang__
#pragma clang assume_nonnull end
#endif
#ifdef __cplusplus
}
#endif
#endif
