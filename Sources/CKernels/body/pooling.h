// Max pooling.

typedef struct maxpool2d_call {
  float *out;
  uint8_t *index_out;
  const float *in;
  const uint8_t *index;
  ck_pool2d shape;
  ptrdiff_t out_height, out_width;
} maxpool2d_call;

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

static void maxpool2d_forward_planes(const void *context, ptrdiff_t first, ptrdiff_t last) {
  const maxpool2d_call *call = context;
  const ck_pool2d *s = &call->shape;
  ptrdiff_t out = call->out_height * call->out_width;
  for (ptrdiff_t i = first; i < last; i++)
    maxpool2d_plane(call->out + i * out, call->index_out + i * out,
                    call->in + i * s->height * s->width, s->width, call->out_height,
                    call->out_width, s->kernel, s->stride);
}

static void maxpool2d_forward_op(float *y, uint8_t *index, const float *x,
                                 const ck_pool2d *shape) {
  maxpool2d_call call = {.out = y, .index_out = index, .in = x, .shape = *shape,
                         .out_height = ck_pool2d_out_height(shape),
                         .out_width = ck_pool2d_out_width(shape)};
  ck_parallel(shape->planes, 16, maxpool2d_forward_planes, &call);
}

static void maxpool2d_backward_planes(const void *context, ptrdiff_t first, ptrdiff_t last) {
  const maxpool2d_call *call = context;
  const ck_pool2d *s = &call->shape;
  ptrdiff_t in = s->height * s->width, out = call->out_height * call->out_width;
  memset(call->out + first * in, 0, (size_t)((last - first) * in) * sizeof *call->out);
  for (ptrdiff_t i = first; i < last; i++)
    for (ptrdiff_t oh = 0; oh < call->out_height; oh++)
      for (ptrdiff_t ow = 0; ow < call->out_width; ow++) {
        ptrdiff_t o = i * out + oh * call->out_width + ow, place = call->index[o];
        ptrdiff_t h = oh * s->stride + place / s->kernel, w = ow * s->stride + place % s->kernel;
        call->out[i * in + h * s->width + w] += call->in[o];
      }
}

static void maxpool2d_backward_op(float *dx, const float *dy, const uint8_t *index,
                                  const ck_pool2d *shape) {
  maxpool2d_call call = {.out = dx, .in = dy, .index = index, .shape = *shape,
                         .out_height = ck_pool2d_out_height(shape),
                         .out_width = ck_pool2d_out_width(shape)};
  ck_parallel(shape->planes, 16, maxpool2d_backward_planes, &call);
}
