// The operations as the loops that define them.
#include "../number.h"

#include "functions.h"
#include "power.h"
#include "elementwise.h"
#include "unary.h"
#include "strided.h"
#include "rows.h"
#include "random.h"
#include "plain_sums.h"
#include "channels.h"
#include "batch_norm.h"
#include "plain_matmul.h"
#include "linear.h"
#include "plain_conv2d.h"
#include "plain_conv2d_weight.h"
#include "pooling.h"
#include "fused.h"

static void conv2d_relu_maxpool_forward_op(float *y, uint8_t *index, const float *x,
                                           const float *weight, const float *bias,
                                           const ck_conv2d *shape, ptrdiff_t pool_kernel,
                                           ptrdiff_t pool_stride) {
  fused_forward_by_parts(y, index, x, weight, bias, shape, pool_kernel, pool_stride);
}

static void conv2d_relu_maxpool_backward_op(float *dx, float *dweight, float *dbias,
                                            const float *dy, const float *y, const uint8_t *index,
                                            const float *x, const float *weight,
                                            const ck_conv2d *shape, ptrdiff_t pool_kernel,
                                            ptrdiff_t pool_stride) {
  fused_backward_by_parts(dx, dweight, dbias, dy, y, index, x, weight, shape, pool_kernel,
                          pool_stride);
}
