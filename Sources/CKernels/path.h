// What a path is: a table of the operations whose loops are compiled for one kind of machine.
#ifndef CK_PATH_H
#define CK_PATH_H

#include "ckernels.h"

// One line an operation: result, name, parameters, arguments. The public function of the same name
// (paths.c) prepares the thread's floating point mode and calls the selected path's entry.
#define CK_OPERATIONS(OP)                                                                          \
  OP(void, matmul,                                                                                 \
     (float *c, const float *a, const float *b, ptrdiff_t m, ptrdiff_t n, ptrdiff_t k, int ta,     \
      int tb),                                                                                     \
     (c, a, b, m, n, k, ta, tb))                                                                   \
  OP(void, linear_forward,                                                                         \
     (float *y, const float *x, const float *weight, const float *bias, ptrdiff_t rows,            \
      ptrdiff_t in, ptrdiff_t out),                                                                \
     (y, x, weight, bias, rows, in, out))                                                          \
  OP(void, linear_backward_input,                                                                  \
     (float *dx, const float *dy, const float *weight, ptrdiff_t rows, ptrdiff_t in,               \
      ptrdiff_t out),                                                                              \
     (dx, dy, weight, rows, in, out))                                                              \
  OP(void, linear_backward_weight,                                                                 \
     (float *dweight, float *dbias, const float *dy, const float *x, ptrdiff_t rows, ptrdiff_t in, \
      ptrdiff_t out),                                                                              \
     (dweight, dbias, dy, x, rows, in, out))                                                       \
  OP(void, channel_sums,                                                                           \
     (float *sums, const float *x, ptrdiff_t n, ptrdiff_t channels, ptrdiff_t inner),              \
     (sums, x, n, channels, inner))                                                                \
  OP(void, conv2d_forward,                                                                         \
     (float *y, const float *x, const float *weight, const float *bias, const ck_conv2d *shape),   \
     (y, x, weight, bias, shape))                                                                  \
  OP(void, conv2d_backward_input,                                                                  \
     (float *dx, const float *dy, const float *weight, const ck_conv2d *shape),                    \
     (dx, dy, weight, shape))                                                                      \
  OP(void, conv2d_backward_weight,                                                                 \
     (float *dweight, float *dbias, const float *dy, const float *x, const ck_conv2d *shape),      \
     (dweight, dbias, dy, x, shape))                                                               \
  OP(void, relu_forward, (float *y, const float *x, ptrdiff_t n), (y, x, n))                       \
  OP(void, relu_backward, (float *dx, const float *dy, const float *y, ptrdiff_t n),               \
     (dx, dy, y, n))                                                                               \
  OP(void, maxpool2d_forward,                                                                      \
     (float *y, uint8_t *index, const float *x, const ck_pool2d *shape), (y, index, x, shape))     \
  OP(void, maxpool2d_backward,                                                                     \
     (float *dx, const float *dy, const uint8_t *index, const ck_pool2d *shape),                   \
     (dx, dy, index, shape))                                                                       \
  OP(void, conv2d_relu_maxpool_forward,                                                            \
     (float *y, uint8_t *index, const float *x, const float *weight, const float *bias,            \
      const ck_conv2d *shape, ptrdiff_t pool_kernel, ptrdiff_t pool_stride),                       \
     (y, index, x, weight, bias, shape, pool_kernel, pool_stride))                                 \
  OP(void, conv2d_relu_maxpool_backward,                                                           \
     (float *dx, float *dweight, float *dbias, const float *dy, const float *y,                    \
      const uint8_t *index, const float *x, const float *weight, const ck_conv2d *shape,           \
      ptrdiff_t pool_kernel, ptrdiff_t pool_stride),                                               \
     (dx, dweight, dbias, dy, y, index, x, weight, shape, pool_kernel, pool_stride))               \
  OP(void, add, (float *y, const float *a, const float *b, ptrdiff_t n), (y, a, b, n))             \
  OP(void, subtract, (float *y, const float *a, const float *b, ptrdiff_t n), (y, a, b, n))        \
  OP(void, multiply, (float *y, const float *a, const float *b, ptrdiff_t n), (y, a, b, n))        \
  OP(void, divide, (float *y, const float *a, const float *b, ptrdiff_t n), (y, a, b, n))          \
  OP(void, scale, (float *y, const float *x, float factor, ptrdiff_t n), (y, x, factor, n))        \
  OP(void, add_scaled, (float *y, const float *x, float factor, ptrdiff_t n), (y, x, factor, n))   \
  OP(void, normalize_bytes,                                                                        \
     (float *y, const uint8_t *x, float scale, float mean, float deviation, ptrdiff_t n),          \
     (y, x, scale, mean, deviation, n))                                                            \
  OP(void, exp, (float *y, const float *x, ptrdiff_t n), (y, x, n))                                \
  OP(void, log, (float *y, const float *x, ptrdiff_t n), (y, x, n))                                \
  OP(void, tanh, (float *y, const float *x, ptrdiff_t n), (y, x, n))                               \
  OP(void, sigmoid, (float *y, const float *x, ptrdiff_t n), (y, x, n))                            \
  OP(int, all_finite, (const float *x, ptrdiff_t n), (x, n))                                       \
  OP(float, sum, (const float *x, ptrdiff_t n), (x, n))                                            \
  OP(float, dot, (const float *a, const float *b, ptrdiff_t n), (a, b, n))                         \
  OP(void, softmax_rows, (float *y, const float *x, ptrdiff_t rows, ptrdiff_t columns),            \
     (y, x, rows, columns))                                                                        \
  OP(void, softmax_rows_backward,                                                                  \
     (float *dx, const float *dy, const float *y, ptrdiff_t rows, ptrdiff_t columns),              \
     (dx, dy, y, rows, columns))                                                                   \
  OP(void, log_softmax_rows, (float *y, const float *x, ptrdiff_t rows, ptrdiff_t columns),        \
     (y, x, rows, columns))                                                                        \
  OP(void, log_softmax_rows_backward,                                                              \
     (float *dx, const float *dy, const float *y, ptrdiff_t rows, ptrdiff_t columns),              \
     (dx, dy, y, rows, columns))                                                                   \
  OP(void, cross_entropy_rows,                                                                     \
     (float *losses, float *gradient, const float *logits, const int32_t *labels, float factor,    \
      ptrdiff_t rows, ptrdiff_t columns),                                                          \
     (losses, gradient, logits, labels, factor, rows, columns))                                    \
  OP(void, sgd_step,                                                                               \
     (float *weights, float *velocity, const float *gradient, float rate, float momentum,          \
      float decay, int nesterov, ptrdiff_t n),                                                                   \
     (weights, velocity, gradient, rate, momentum, decay, nesterov, n))                                    \
  OP(void, adam_step,                                                                              \
     (float *weights, float *m, float *v, const float *gradient, const ck_adam *scalars,           \
      ptrdiff_t n),                                                                                \
     (weights, m, v, gradient, scalars, n))                                                        \
  OP(void, philox_words,                                                                           \
     (uint32_t *words, uint64_t seed, uint64_t stream, uint64_t first, ptrdiff_t n),               \
     (words, seed, stream, first, n))                                                              \
  OP(void, uniform,                                                                                \
     (float *y, uint64_t seed, uint64_t stream, uint64_t first, float low, float high,             \
      ptrdiff_t n),                                                                                \
     (y, seed, stream, first, low, high, n))                                                       \
  OP(void, normal, (float *y, uint64_t seed, uint64_t stream, uint64_t first, ptrdiff_t n),        \
     (y, seed, stream, first, n))

#define CK_MEMBER(result, name, parameters, arguments) result(*name) parameters;
typedef struct ck_path_table {
  CK_OPERATIONS(CK_MEMBER)
} ck_path_table;
#undef CK_MEMBER

// Entries of the table of the file at hand, whose operations are static functions of these names.
#define CK_ENTRY(result, name, parameters, arguments) .name = name##_op,

extern const ck_path_table ck_emulated_table;
#if defined(__x86_64__)
extern const ck_path_table ck_portable_table, ck_avx2_table, ck_avx512_table;
#endif

/// Makes every later call take a table that is none of the paths': for tests.
void ck_select_table(const ck_path_table *table);

#endif
