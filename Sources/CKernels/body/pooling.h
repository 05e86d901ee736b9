// Max and average pooling.

typedef struct pool2d_call {
  float *out;
  uint8_t *index_out;
  const float *in;
  const uint8_t *index;
  ck_pool2d shape;
  ptrdiff_t out_height, out_width;
} pool2d_call;

// y[oh,ow] = the largest of the window, which starts at x[oh · stride, ow · stride]
static inline void maxpool2d_plane(float *y, uint8_t *index, const float *x, ptrdiff_t width,
                                   ptrdiff_t out_height, ptrdiff_t out_width, ptrdiff_t kernel,
                                   ptrdiff_t stride) {
  for (ptrdiff_t oh = 0; oh < out_height; oh++)
    for (ptrdiff_t ow = 0; ow < out_width; ow++) {
      const float *window = x + oh * stride * width + ow * stride;
      float m = window[0];
      uint8_t place = 0;
      for (ptrdiff_t i = 0; i < kernel; i++)
        for (ptrdiff_t j = 0; j < kernel; j++) {
          float v = window[i * width + j];
          place = v > m ? (uint8_t)(i * kernel + j) : place;
          m = v > m ? v : m;
        }
      y[oh * out_width + ow] = m;
      index[oh * out_width + ow] = place;
    }
}

// The part of a window that lies inside: of `kernel` places from `start` on, those in 0 ..< size.
typedef struct span {
  ptrdiff_t first, last;
} span;

static inline span inside(ptrdiff_t start, ptrdiff_t kernel, ptrdiff_t size) {
  return (span){start < 0 ? -start : 0, start + kernel > size ? size - start : kernel};
}

// As maxpool2d_plane, for windows that may reach beyond the image: what is there does not count.
static void padded_maxpool2d_plane(float *y, uint8_t *index, const float *x,
                                   const pool2d_call *call) {
  const ck_pool2d *s = &call->shape;
  for (ptrdiff_t oh = 0; oh < call->out_height; oh++)
    for (ptrdiff_t ow = 0; ow < call->out_width; ow++) {
      ptrdiff_t top = oh * s->stride - s->padding, left = ow * s->stride - s->padding;
      span rows = inside(top, s->kernel, s->height), columns = inside(left, s->kernel, s->width);
      ptrdiff_t place = rows.first * s->kernel + columns.first;
      float m = x[(top + rows.first) * s->width + left + columns.first];
      for (ptrdiff_t i = rows.first; i < rows.last; i++)
        for (ptrdiff_t j = columns.first; j < columns.last; j++) {
          float v = x[(top + i) * s->width + left + j];
          place = v > m ? i * s->kernel + j : place;
          m = v > m ? v : m;
        }
      *y++ = m;
      *index++ = (uint8_t)place;
    }
}

static void maxpool2d_forward_planes(const void *context, ptrdiff_t first, ptrdiff_t last) {
  const pool2d_call *call = context;
  const ck_pool2d *s = &call->shape;
  ptrdiff_t out = call->out_height * call->out_width;
  for (ptrdiff_t i = first; i < last; i++) {
    const float *x = call->in + i * s->height * s->width;
    if (s->padding > 0)
      padded_maxpool2d_plane(call->out + i * out, call->index_out + i * out, x, call);
    else
      maxpool2d_plane(call->out + i * out, call->index_out + i * out, x, s->width,
                      call->out_height, call->out_width, s->kernel, s->stride);
  }
}

static void maxpool2d_forward_op(float *y, uint8_t *index, const float *x,
                                 const ck_pool2d *shape) {
  pool2d_call call = {.out = y, .index_out = index, .in = x, .shape = *shape,
                         .out_height = ck_pool2d_out_height(shape),
                         .out_width = ck_pool2d_out_width(shape)};
  ck_parallel(shape->planes, 16, maxpool2d_forward_planes, &call);
}

static void maxpool2d_backward_planes(const void *context, ptrdiff_t first, ptrdiff_t last) {
  const pool2d_call *call = context;
  const ck_pool2d *s = &call->shape;
  ptrdiff_t in = s->height * s->width, out = call->out_height * call->out_width;
  memset(call->out + first * in, 0, (size_t)((last - first) * in) * sizeof *call->out);
  for (ptrdiff_t i = first; i < last; i++)
    for (ptrdiff_t oh = 0; oh < call->out_height; oh++)
      for (ptrdiff_t ow = 0; ow < call->out_width; ow++) {
        ptrdiff_t o = i * out + oh * call->out_width + ow, place = call->index[o];
        ptrdiff_t h = oh * s->stride - s->padding + place / s->kernel;
        ptrdiff_t w = ow * s->stride - s->padding + place % s->kernel;
        call->out[i * in + h * s->width + w] += call->in[o];
      }
}

static void maxpool2d_backward_op(float *dx, const float *dy, const uint8_t *index,
                                  const ck_pool2d *shape) {
  pool2d_call call = {.out = dx, .in = dy, .index = index, .shape = *shape,
                         .out_height = ck_pool2d_out_height(shape),
                         .out_width = ck_pool2d_out_width(shape)};
  ck_parallel(shape->planes, 16, maxpool2d_backward_planes, &call);
}

// A window's sum, row by row as a contraction (it has fewer than 256 terms: one chain), over its count.
static void average_pool2d_forward_planes(const void *context, ptrdiff_t first, ptrdiff_t last) {
  const pool2d_call *call = context;
  const ck_pool2d *s = &call->shape;
  float *y = call->out + first * call->out_height * call->out_width;
  for (ptrdiff_t plane = first; plane < last; plane++) {
    const float *x = call->in + plane * s->height * s->width;
    for (ptrdiff_t oh = 0; oh < call->out_height; oh++)
      for (ptrdiff_t ow = 0; ow < call->out_width; ow++) {
        ptrdiff_t top = oh * s->stride - s->padding, left = ow * s->stride - s->padding;
        span rows = inside(top, s->kernel, s->height), columns = inside(left, s->kernel, s->width);
        float sum = 0.0f;
        for (ptrdiff_t i = rows.first; i < rows.last; i++)
          for (ptrdiff_t j = columns.first; j < columns.last; j++)
            sum += x[(top + i) * s->width + left + j];
        ptrdiff_t count = (rows.last - rows.first) * (columns.last - columns.first);
        *y++ = sum / (float)count;
      }
  }
}

static void average_pool2d_backward_planes(const void *context, ptrdiff_t first, ptrdiff_t last) {
  const pool2d_call *call = context;
  const ck_pool2d *s = &call->shape;
  ptrdiff_t in = s->height * s->width;
  const float *dy = call->in + first * call->out_height * call->out_width;
  memset(call->out + first * in, 0, (size_t)((last - first) * in) * sizeof *call->out);
  for (ptrdiff_t plane = first; plane < last; plane++) {
    float *dx = call->out + plane * in;
    for (ptrdiff_t oh = 0; oh < call->out_height; oh++)
      for (ptrdiff_t ow = 0; ow < call->out_width; ow++) {
        ptrdiff_t top = oh * s->stride - s->padding, left = ow * s->stride - s->padding;
        span rows = inside(top, s->kernel, s->height), columns = inside(left, s->kernel, s->width);
        ptrdiff_t count = (rows.last - rows.first) * (columns.last - columns.first);
        float share = *dy++ / (float)count;
        for (ptrdiff_t i = rows.first; i < rows.last; i++)
          for (ptrdiff_t j = columns.first; j < columns.last; j++)
            dx[(top + i) * s->width + left + j] += share;
      }
  }
}

static void average_pool2d_forward_op(float *y, const float *x, const ck_pool2d *shape) {
  pool2d_call call = {.out = y, .in = x, .shape = *shape,
                         .out_height = ck_pool2d_out_height(shape),
                         .out_width = ck_pool2d_out_width(shape)};
  ck_parallel(shape->planes, 16, average_pool2d_forward_planes, &call);
}

static void average_pool2d_backward_op(float *dx, const float *dy, const ck_pool2d *shape) {
  pool2d_call call = {.out = dx, .in = dy, .shape = *shape,
                         .out_height = ck_pool2d_out_height(shape),
                         .out_width = ck_pool2d_out_width(shape)};
  ck_parallel(shape->planes, 16, average_pool2d_backward_planes, &call);
}
