// Convolution as plain loops.

typedef struct conv2d_call {
  float *out, *dbias;
  const float *x, *weight, *bias, *dy;
  ck_conv2d shape;
  ptrdiff_t out_height, out_width;
} conv2d_call;

// The outputs o for which o · stride + tap - padding lies in 0 ..< size.
static void reach(ptrdiff_t tap, ptrdiff_t size, ptrdiff_t out, const ck_conv2d *shape,
                  ptrdiff_t *first, ptrdiff_t *last) {
  ptrdiff_t low = shape->padding - tap, high = size - 1 + shape->padding - tap;
  *first = low <= 0 ? 0 : (low + shape->stride - 1) / shape->stride;
  *last = high < 0 ? 0 : high / shape->stride + 1;
  if (*last > out) *last = out;
}

// Output planes (image, channel) first ..< last.
static void conv2d_forward_planes(const void *context, ptrdiff_t first, ptrdiff_t last) {
  const conv2d_call *call = context;
  const ck_conv2d *s = &call->shape;
  ptrdiff_t width = call->out_width, plane = call->out_height * width;
  float *memory = ck_scratch(CK_SCRATCH_SUMS, 3 * plane);
  for (ptrdiff_t o = first; o < last; o++) {
    ptrdiff_t n = o / s->out_channels, oc = o % s->out_channels;
    sums y = sums_begin(memory, plane);
    for (ptrdiff_t kh = 0; kh < s->kernel_height; kh++)
      for (ptrdiff_t kw = 0; kw < s->kernel_width; kw++) {
        ptrdiff_t top, bottom, left, right;
        reach(kh, s->height, call->out_height, s, &top, &bottom);
        reach(kw, s->width, width, s, &left, &right);
        for (ptrdiff_t ic = 0; ic < s->in_channels; ic++) {
          float u = call->weight[((oc * s->in_channels + ic) * s->kernel_height + kh) *
                                     s->kernel_width + kw];
          const float *x = call->x + (n * s->in_channels + ic) * s->height * s->width;
          for (ptrdiff_t oh = top; oh < bottom; oh++) {
            ptrdiff_t at = (oh * s->stride + kh - s->padding) * s->width + kw - s->padding;
            for (ptrdiff_t ow = left; ow < right; ow++)
              y.p[oh * width + ow] = fma1(u, x[at + ow * s->stride], y.p[oh * width + ow]);
          }
          end_term(&y);
        }
      }
    const float *t = sums_end(&y);
    float *out = call->out + o * plane;
    for (ptrdiff_t i = 0; i < plane; i++) out[i] = call->bias ? t[i] + call->bias[oc] : t[i];
  }
}

static void conv2d_forward_op(float *y, const float *x, const float *weight, const float *bias,
                              const ck_conv2d *shape) {
  conv2d_call call = {.out = y, .x = x, .weight = weight, .bias = bias, .shape = *shape,
                      .out_height = ck_conv2d_out_height(shape),
                      .out_width = ck_conv2d_out_width(shape)};
  ck_parallel(shape->batch * shape->out_channels, 1, conv2d_forward_planes, &call);
}

// The pixels (h, w) of one input plane with (h + padding) mod stride = row, likewise for columns:
// the stride lets the same taps reach all of them.
static void conv2d_backward_input_phase(const conv2d_call *call, ptrdiff_t o, ptrdiff_t row,
                                        ptrdiff_t column, sums *dx) {
  const ck_conv2d *s = &call->shape;
  ptrdiff_t n = o / s->in_channels, ic = o % s->in_channels;
  ptrdiff_t plane = call->out_height * call->out_width;
  for (ptrdiff_t kh = row; kh < s->kernel_height; kh += s->stride)
    for (ptrdiff_t kw = column; kw < s->kernel_width; kw += s->stride) {
      ptrdiff_t top, bottom, left, right;
      reach(kh, s->height, call->out_height, s, &top, &bottom);
      reach(kw, s->width, call->out_width, s, &left, &right);
      for (ptrdiff_t oc = 0; oc < s->out_channels; oc++) {
        float v = call->weight[((oc * s->in_channels + ic) * s->kernel_height + kh) *
                                   s->kernel_width + kw];
        const float *u = call->dy + (n * s->out_channels + oc) * plane;
        for (ptrdiff_t oh = top; oh < bottom; oh++) {
          ptrdiff_t at = (oh * s->stride + kh - s->padding) * s->width + kw - s->padding;
          for (ptrdiff_t ow = left; ow < right; ow++) {
            float *p = dx->p + at + ow * s->stride;
            *p = fma1(u[oh * call->out_width + ow], v, *p);
          }
        }
        end_term(dx);
      }
    }
}

// Input planes (image, channel) first ..< last.
static void conv2d_backward_input_planes(const void *context, ptrdiff_t first, ptrdiff_t last) {
  const conv2d_call *call = context;
  const ck_conv2d *s = &call->shape;
  ptrdiff_t plane = s->height * s->width;
  float *memory = ck_scratch(CK_SCRATCH_SUMS, 3 * plane);
  for (ptrdiff_t o = first; o < last; o++)
    for (ptrdiff_t row = 0; row < s->stride; row++)
      for (ptrdiff_t column = 0; column < s->stride; column++) {
        sums dx = sums_begin(memory, plane);
        conv2d_backward_input_phase(call, o, row, column, &dx);
        const float *t = sums_end(&dx);
        for (ptrdiff_t h = 0; h < s->height; h++)
          for (ptrdiff_t w = 0; w < s->width; w++)
            if ((h + s->padding) % s->stride == row && (w + s->padding) % s->stride == column)
              call->out[o * plane + h * s->width + w] = t[h * s->width + w];
      }
}

static void conv2d_backward_input_op(float *dx, const float *dy, const float *weight,
                                     const ck_conv2d *shape) {
  conv2d_call call = {.out = dx, .dy = dy, .weight = weight, .shape = *shape,
                      .out_height = ck_conv2d_out_height(shape),
                      .out_width = ck_conv2d_out_width(shape)};
  ck_parallel(shape->batch * shape->in_channels, 1, conv2d_backward_input_planes, &call);
}
