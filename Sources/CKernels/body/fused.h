// Convolution, relu and pooling together: one after the other.

static ck_pool2d pool_of(const ck_conv2d *shape, ptrdiff_t kernel, ptrdiff_t stride) {
  return (ck_pool2d){.planes = shape->batch * shape->out_channels,
                     .height = ck_conv2d_out_height(shape),
                     .width = ck_conv2d_out_width(shape),
                     .kernel = kernel,
                     .stride = stride};
}

static void fused_forward_by_parts(float *y, uint8_t *index, const float *x,
                                   const float *weight, const float *bias,
                                   const ck_conv2d *shape, ptrdiff_t pool_kernel,
                                   ptrdiff_t pool_stride) {
  ck_pool2d pool = pool_of(shape, pool_kernel, pool_stride);
  ptrdiff_t count = pool.planes * pool.height * pool.width;
  float *z = ck_scratch(CK_SCRATCH_GRADIENT, count);
  conv2d_forward_op(z, x, weight, bias, shape);
  relu_forward_op(z, z, count);
  maxpool2d_forward_op(y, index, z, &pool);
}

// A window's maximum is y, so relu lets its gradient through where y > 0. The other pixels have
// none, and a pixel's value is the same in all windows that chose it.
static void fused_backward_by_parts(float *dx, float *dweight, float *dbias,
                                    const float *dy, const float *y, const uint8_t *index,
                                    const float *x, const float *weight,
                                    const ck_conv2d *shape, ptrdiff_t pool_kernel,
                                    ptrdiff_t pool_stride) {
  ck_pool2d pool = pool_of(shape, pool_kernel, pool_stride);
  ptrdiff_t pooled = pool.planes * ck_pool2d_out_height(&pool) * ck_pool2d_out_width(&pool);
  float *passed = ck_scratch(CK_SCRATCH_ROWS, pooled);
  relu_backward_op(passed, dy, y, pooled);
  float *dz = ck_scratch(CK_SCRATCH_GRADIENT, pool.planes * pool.height * pool.width);
  maxpool2d_backward_op(dz, passed, index, &pool);
  conv2d_backward_weight_op(dweight, dbias, dz, x, shape);
  if (dx) conv2d_backward_input_op(dx, dz, weight, shape);
}
