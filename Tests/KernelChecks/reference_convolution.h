// Convolution, relu and pooling in the reference: a part of reference.c.

static float pixel(const float *x, const ck_conv2d *s, ptrdiff_t n, ptrdiff_t ic, ptrdiff_t h,
                   ptrdiff_t w) {
  if (h < 0 || h >= s->height || w < 0 || w >= s->width) return 0;
  return x[((n * s->in_channels + ic) * s->height + h) * s->width + w];
}

static float weight_at(const float *weight, const ck_conv2d *s, ptrdiff_t oc, ptrdiff_t ic,
                       ptrdiff_t kh, ptrdiff_t kw) {
  return weight[((oc * s->in_channels + ic) * s->kernel_height + kh) * s->kernel_width + kw];
}

static void conv2d_forward_op(float *y, const float *x, const float *weight, const float *bias,
                              const ck_conv2d *s) {
  ptrdiff_t height = ck_conv2d_out_height(s), width = ck_conv2d_out_width(s);
  for (ptrdiff_t n = 0; n < s->batch; n++)
    for (ptrdiff_t oc = 0; oc < s->out_channels; oc++)
      for (ptrdiff_t oh = 0; oh < height; oh++)
        for (ptrdiff_t ow = 0; ow < width; ow++) {
          contraction sum = {0};
          for (ptrdiff_t kh = 0; kh < s->kernel_height; kh++)
            for (ptrdiff_t kw = 0; kw < s->kernel_width; kw++)
              for (ptrdiff_t ic = 0; ic < s->in_channels; ic++)
                term(&sum,
                     pixel(x, s, n, ic, oh * s->stride + kh - s->padding,
                           ow * s->stride + kw - s->padding),
                     weight_at(weight, s, oc, ic, kh, kw));
          *y++ = bias ? total(sum) + bias[oc] : total(sum);
        }
}

static void conv2d_backward_input_op(float *dx, const float *dy, const float *weight,
                                     const ck_conv2d *s) {
  ptrdiff_t height = ck_conv2d_out_height(s), width = ck_conv2d_out_width(s);
  for (ptrdiff_t n = 0; n < s->batch; n++)
    for (ptrdiff_t ic = 0; ic < s->in_channels; ic++)
      for (ptrdiff_t h = 0; h < s->height; h++)
        for (ptrdiff_t w = 0; w < s->width; w++) {
          contraction sum = {0};
          for (ptrdiff_t kh = 0; kh < s->kernel_height; kh++)
            for (ptrdiff_t kw = 0; kw < s->kernel_width; kw++) {
              ptrdiff_t oh = h + s->padding - kh, ow = w + s->padding - kw;
              if (oh % s->stride != 0 || ow % s->stride != 0) continue;
              oh /= s->stride;
              ow /= s->stride;
              int outside =
                  h + s->padding < kh || oh >= height || w + s->padding < kw || ow >= width;
              for (ptrdiff_t oc = 0; oc < s->out_channels; oc++)
                term(&sum,
                     outside ? 0 : dy[((n * s->out_channels + oc) * height + oh) * width + ow],
                     weight_at(weight, s, oc, ic, kh, kw));
            }
          *dx++ = total(sum);
        }
}

static void conv2d_backward_weight_op(float *dweight, float *dbias, const float *dy,
                                      const float *x, const ck_conv2d *s) {
  ptrdiff_t height = ck_conv2d_out_height(s), width = ck_conv2d_out_width(s);
  for (ptrdiff_t oc = 0; oc < s->out_channels; oc++)
    for (ptrdiff_t ic = 0; ic < s->in_channels; ic++)
      for (ptrdiff_t kh = 0; kh < s->kernel_height; kh++)
        for (ptrdiff_t kw = 0; kw < s->kernel_width; kw++) {
          contraction sum = {0};
          for (ptrdiff_t n = 0; n < s->batch; n++)
            for (ptrdiff_t oh = 0; oh < height; oh++)
              for (ptrdiff_t ow = 0; ow < width; ow++)
                term(&sum, dy[((n * s->out_channels + oc) * height + oh) * width + ow],
                     pixel(x, s, n, ic, oh * s->stride + kh - s->padding,
                           ow * s->stride + kw - s->padding));
          *dweight++ = total(sum);
        }
  if (dbias) channel_sums_op(dbias, dy, s->batch, s->out_channels, height * width);
}

// MARK: Activations and pooling

// The place in its plane of place `i` of window `o`'s places, or -1 outside.
static ptrdiff_t pixel_of(const ck_pool2d *s, ptrdiff_t o, ptrdiff_t i) {
  ptrdiff_t width = ck_pool2d_out_width(s), height = ck_pool2d_out_height(s);
  ptrdiff_t h = o / width % height * s->stride - s->padding + i / s->kernel;
  ptrdiff_t w = o % width * s->stride - s->padding + i % s->kernel;
  return h < 0 || w < 0 || h >= s->height || w >= s->width ? -1 : h * s->width + w;
}

static ptrdiff_t windows_of(const ck_pool2d *s) {
  return ck_pool2d_out_height(s) * ck_pool2d_out_width(s);
}

static void maxpool2d_forward_op(float *y, uint8_t *index, const float *x, const ck_pool2d *s) {
  for (ptrdiff_t o = 0; o < s->planes * windows_of(s); o++) {
    const float *plane = x + o / windows_of(s) * s->height * s->width;
    int found = 0;
    for (ptrdiff_t i = 0; i < s->kernel * s->kernel; i++) {
      ptrdiff_t pixel = pixel_of(s, o, i);
      if (pixel < 0 || (found && !(plane[pixel] > y[o]))) continue;
      found = 1;
      y[o] = plane[pixel];
      index[o] = (uint8_t)i;
    }
  }
}

static void maxpool2d_backward_op(float *dx, const float *dy, const uint8_t *index,
                                  const ck_pool2d *s) {
  for (ptrdiff_t i = 0; i < s->planes * s->height * s->width; i++) dx[i] = 0;
  for (ptrdiff_t o = 0; o < s->planes * windows_of(s); o++)
    dx[o / windows_of(s) * s->height * s->width + pixel_of(s, o, index[o])] += dy[o];
}

static void average_pool2d_forward_op(float *y, const float *x, const ck_pool2d *s) {
  for (ptrdiff_t o = 0; o < s->planes * windows_of(s); o++) {
    contraction sum = {0};
    float count = 0;
    for (ptrdiff_t i = 0; i < s->kernel * s->kernel; i++) {
      ptrdiff_t pixel = pixel_of(s, o, i);
      if (pixel < 0) continue;
      term(&sum, x[o / windows_of(s) * s->height * s->width + pixel], 1);
      count++;
    }
    y[o] = total(sum) / count;
  }
}

static void average_pool2d_backward_op(float *dx, const float *dy, const ck_pool2d *s) {
  for (ptrdiff_t i = 0; i < s->planes * s->height * s->width; i++) dx[i] = 0;
  for (ptrdiff_t o = 0; o < s->planes * windows_of(s); o++) {
    float count = 0;
    for (ptrdiff_t i = 0; i < s->kernel * s->kernel; i++) count += pixel_of(s, o, i) >= 0;
    for (ptrdiff_t i = 0; i < s->kernel * s->kernel; i++)
      if (pixel_of(s, o, i) >= 0)
        dx[o / windows_of(s) * s->height * s->width + pixel_of(s, o, i)] += dy[o] / count;
  }
}

static ck_pool2d pool_of(const ck_conv2d *s, ptrdiff_t kernel, ptrdiff_t stride) {
  return (ck_pool2d){s->batch * s->out_channels, ck_conv2d_out_height(s), ck_conv2d_out_width(s),
                     kernel, stride, 0};
}

static void conv2d_relu_maxpool_forward_op(float *y, uint8_t *index, const float *x,
                                           const float *weight, const float *bias,
                                           const ck_conv2d *s, ptrdiff_t pool_kernel,
                                           ptrdiff_t pool_stride) {
  ck_pool2d pool = pool_of(s, pool_kernel, pool_stride);
  ptrdiff_t n = pool.planes * pool.height * pool.width;
  float *z = kc_floats(n);
  conv2d_forward_op(z, x, weight, bias, s);
  relu_forward_op(z, z, n);
  maxpool2d_forward_op(y, index, z, &pool);
  kc_free(z);
}

// relu's backward pass wants the convolution's output, which is computed again.
static void conv2d_relu_maxpool_backward_op(float *dx, float *dweight, float *dbias,
                                            const float *dy, const float *y, const uint8_t *index,
                                            const float *x, const float *weight,
                                            const ck_conv2d *s, ptrdiff_t pool_kernel,
                                            ptrdiff_t pool_stride) {
  ck_pool2d pool = pool_of(s, pool_kernel, pool_stride);
  ptrdiff_t n = pool.planes * pool.height * pool.width;
  ptrdiff_t width = ck_pool2d_out_width(&pool), height = ck_pool2d_out_height(&pool);
  float *z = kc_floats(n), *dz = kc_floats(n);
  for (ptrdiff_t i = 0; i < n; i++) z[i] = 0;
  for (ptrdiff_t o = 0; o < pool.planes * height * width; o++) {
    ptrdiff_t plane = o / (height * width), h = o / width % height * pool.stride,
              w = o % width * pool.stride;
    z[(plane * pool.height + h + index[o] / pool.kernel) * pool.width + w +
      index[o] % pool.kernel] = y[o];
  }
  maxpool2d_backward_op(dz, dy, index, &pool);
  for (ptrdiff_t i = 0; i < n; i++) dz[i] = z[i] > 0 ? dz[i] : 0;
  conv2d_backward_weight_op(dweight, dbias, dz, x, s);
  if (dx) conv2d_backward_input_op(dx, dz, weight, s);
  kc_free(z);
  kc_free(dz);
}
