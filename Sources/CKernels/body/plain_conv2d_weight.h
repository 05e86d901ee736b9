// The gradient at the weights of a convolution as plain loops.

// patch[ic][kh][kw] = what output (oh, ow) of the image sees, 0 outside; patch[taps] = 1.
static void gather_patch(float *patch, const float *x, const ck_conv2d *s, ptrdiff_t oh,
                         ptrdiff_t ow) {
  for (ptrdiff_t ic = 0; ic < s->in_channels; ic++)
    for (ptrdiff_t kh = 0; kh < s->kernel_height; kh++) {
      ptrdiff_t h = oh * s->stride + kh - s->padding;
      for (ptrdiff_t kw = 0; kw < s->kernel_width; kw++, patch++) {
        ptrdiff_t w = ow * s->stride + kw - s->padding;
        *patch = h < 0 || h >= s->height || w < 0 || w >= s->width
                     ? 0.0f
                     : x[(ic * s->height + h) * s->width + w];
      }
    }
  *patch = 1.0f;
}

// Output channels first ..< last. The bias is one more tap, whose input is always 1:
// fma(u, 1, p) = u + p.
static void conv2d_backward_weight_channels(const void *context, ptrdiff_t first,
                                            ptrdiff_t last) {
  const conv2d_call *call = context;
  const ck_conv2d *s = &call->shape;
  ptrdiff_t taps = s->in_channels * s->kernel_height * s->kernel_width, columns = taps + 1;
  ptrdiff_t plane = call->out_height * call->out_width, channels = last - first;
  float *patch = ck_scratch(CK_SCRATCH_PLANE, columns);
  sums dw = sums_begin(ck_scratch(CK_SCRATCH_SUMS, 3 * channels * columns), channels * columns);
  for (ptrdiff_t n = 0; n < s->batch; n++)
    for (ptrdiff_t i = 0; i < plane; i++) {
      const float *dy = call->dy + n * s->out_channels * plane + i;
      const float *x = call->x + n * s->in_channels * s->height * s->width;
      gather_patch(patch, x, s, i / call->out_width, i % call->out_width);
      for (ptrdiff_t c = 0; c < channels; c++) {
        float u = dy[(first + c) * plane], *p = dw.p + c * columns;
        for (ptrdiff_t j = 0; j < columns; j++) p[j] = fma1(u, patch[j], p[j]);
      }
      end_term(&dw);
    }
  const float *t = sums_end(&dw);
  for (ptrdiff_t c = 0; c < channels; c++) {
    memcpy(call->out + (first + c) * taps, t + c * columns, (size_t)taps * sizeof *t);
    if (call->dbias) call->dbias[first + c] = t[c * columns + taps];
  }
}

static void conv2d_backward_weight_op(float *dweight, float *dbias, const float *dy,
                                      const float *x, const ck_conv2d *shape) {
  conv2d_call call = {.out = dweight, .dbias = dbias, .dy = dy, .x = x, .shape = *shape,
                      .out_height = ck_conv2d_out_height(shape),
                      .out_width = ck_conv2d_out_width(shape)};
  // Every item gathers all patches anew: one item a thread.
  ck_parallel(shape->out_channels, shape->out_channels / ck_threads() + 1,
              conv2d_backward_weight_channels, &call);
}
